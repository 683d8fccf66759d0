"""Access tokens: refreshed by one process at a time, stored before use, and dead when they are dead."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest

from app.connectors.refresh import StoredAccess, fresh_tokens, store_tokens, stored_tokens
from app.connectors.registry import LEDGERS, open_ledger
from app.connectors.tokens import Tokens
from app.kit.errors import Disconnected, Retryable
from app.kit.ground import Ground
from app.models import Connection, ConnectionState
from app.sync.connecting import ConnectedTenant
from tests.connectors.consent import connect
from tests.sandbox.client import SandboxClient

XERO = LEDGERS["xero"]


def token(ground: Ground, tenant: ConnectedTenant) -> str:
    return fresh_tokens(ground, XERO, tenant.tenant_id, tenant.connection_id).access_token


def stored(ground: Ground, tenant: ConnectedTenant) -> Tokens:
    with ground.database.tenant(tenant.tenant_id) as session:
        return stored_tokens(ground, session, row(ground, tenant))


def row(ground: Ground, tenant: ConnectedTenant) -> Connection:
    with ground.database.tenant(tenant.tenant_id) as session:
        return session.get_one(Connection, (tenant.tenant_id, tenant.connection_id))


def token_calls(sandbox: SandboxClient) -> int:
    calls = sandbox.get("/control/counters").json()["calls"]
    return int(calls["xero POST /xero/connect/token"])


def test_a_token_that_lasts_is_handed_out_as_it_is(sandbox_ground: Ground, sandbox: SandboxClient) -> None:
    tenant = connect(sandbox_ground)
    before = token_calls(sandbox)
    assert token(sandbox_ground, tenant) == token(sandbox_ground, tenant)
    assert token_calls(sandbox) == before


def test_fifty_threads_at_once_refresh_exactly_once(sandbox_ground: Ground, sandbox: SandboxClient) -> None:
    tenant = connect(sandbox_ground)
    old = stored(sandbox_ground, tenant)
    sandbox.advance(seconds=1750)  # ten seconds of thirty minutes are left
    before = token_calls(sandbox)
    with ThreadPoolExecutor(50) as threads:
        tokens = set(threads.map(lambda _: token(sandbox_ground, tenant), range(50)))
    assert token_calls(sandbox) == before + 1
    assert tokens == {stored(sandbox_ground, tenant).access_token}
    assert stored(sandbox_ground, tenant).refresh_token != old.refresh_token


def test_an_answer_lost_on_the_way_leaves_the_old_token_which_works_again(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    old = stored(sandbox_ground, tenant)
    sandbox.advance(seconds=1800)
    sandbox.fault("xero-identity", "drop", match="/connect/token", times=1)
    with pytest.raises(Retryable):
        token(sandbox_ground, tenant)
    assert stored(sandbox_ground, tenant) == old
    assert token(sandbox_ground, tenant) != old.access_token


@pytest.mark.parametrize("kind", ["500", "503", "garbage", "html", "drop-before"])
def test_a_sign_in_service_in_trouble_never_ends_the_connection(
    sandbox_ground: Ground, sandbox: SandboxClient, kind: str
) -> None:
    tenant = connect(sandbox_ground)
    sandbox.advance(seconds=1800)
    sandbox.fault("xero-identity", kind, match="/connect/token", times=1)
    with pytest.raises(Retryable):
        token(sandbox_ground, tenant)
    assert row(sandbox_ground, tenant).state is ConnectionState.ACTIVE


def test_many_who_wait_for_a_silent_sign_in_service_wait_no_longer_than_one(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    sandbox.advance(seconds=1800)
    sandbox.fault("xero-identity", "latency", value=7, match="/connect/token", times=1)

    def wait(_: int) -> float:
        began = time.monotonic()
        with pytest.raises(Retryable, match="could not be reached"):
            token(sandbox_ground, tenant)
        return time.monotonic() - began

    with ThreadPoolExecutor(6) as threads:
        assert max(threads.map(wait, range(6))) < 13  # one after the other would be 14
    assert token(sandbox_ground, tenant) == stored(sandbox_ground, tenant).access_token


def test_a_row_that_nobody_lets_go_of_is_waited_for_later(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    sandbox.advance(seconds=1800)
    with sandbox_ground.database.tenant(tenant.tenant_id) as held:
        held.get_one(Connection, (tenant.tenant_id, tenant.connection_id), with_for_update=True)
        with pytest.raises(Retryable, match="is being renewed"):
            token(sandbox_ground, tenant)


def test_a_refresh_token_unused_for_sixty_days_ends_the_connection_with_its_reason(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    sandbox.advance(days=61)
    with pytest.raises(Disconnected, match="ended our access"):
        token(sandbox_ground, tenant)
    assert row(sandbox_ground, tenant).state is ConnectionState.DISCONNECTED
    before = token_calls(sandbox)
    with pytest.raises(Disconnected, match="ended our access"):
        open_ledger(sandbox_ground, tenant.tenant_id)
    assert token_calls(sandbox) == before


def test_a_token_that_is_refused_early_is_renewed_once_and_the_call_repeated(sandbox_ground: Ground) -> None:
    tenant = connect(sandbox_ground)
    with sandbox_ground.database.tenant(tenant.tenant_id) as session:
        connection = session.get_one(Connection, (tenant.tenant_id, tenant.connection_id))
        lasting = stored_tokens(sandbox_ground, session, connection)
        broken = Tokens("revoked-early", lasting.refresh_token, lasting.expires_at)
        store_tokens(sandbox_ground, session, connection, broken)
    assert open_ledger(sandbox_ground, tenant.tenant_id).organisation().base_currency == "GBP"
    assert stored(sandbox_ground, tenant).access_token != "revoked-early"


def test_an_organisation_taken_away_in_xero_ends_the_connection(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    sandbox.control("xero/disconnect")
    with pytest.raises(Disconnected, match="disconnected from this organisation in Xero"):
        open_ledger(sandbox_ground, tenant.tenant_id).organisation()
    assert row(sandbox_ground, tenant).state is ConnectionState.DISCONNECTED


def test_a_refusal_of_an_old_token_does_not_end_a_connection_that_was_renewed_meanwhile(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    access = StoredAccess(sandbox_ground, XERO, tenant.tenant_id, tenant.connection_id)
    access.token()
    sandbox.advance(seconds=1800)
    token(sandbox_ground, tenant)  # somebody else renews
    access.lost("This was about the old token.")
    assert row(sandbox_ground, tenant).state is ConnectionState.ACTIVE


def test_tokens_stay_sealed_in_the_row(sandbox_ground: Ground) -> None:
    tenant = connect(sandbox_ground)
    tokens, connection = stored(sandbox_ground, tenant), row(sandbox_ground, tenant)
    assert tokens.refresh_token.encode() not in connection.tokens_sealed
    assert connection.tokens_expire_at - sandbox_ground.clock.now() > timedelta(minutes=29)
    assert isinstance(connection.tenant_id, UUID)
