"""Consent at the stand-in Intuit: which company, whose name, how it ends, and what is never believed."""

from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.connectors.oauth import (
    ConsentDenied,
    ConsentExpired,
    ConsentFailed,
    GrantReceived,
    SignedIn,
    begin_consent,
    finish_consent,
    organisations,
)
from app.connectors.quickbooks.consent import reachable
from app.connectors.refresh import stored_tokens
from app.connectors.registry import open_ledger
from app.kit.errors import Disconnected, NotFound, Retryable
from app.kit.ground import Ground
from app.models import Connection, ConnectionState, Membership, OAuthAttempt, Tenant, UserAccount
from app.sync.connecting import ConnectedTenant, connect_organisation, disconnect
from tests.connectors.consent import BROWSER, PLACES, connect, consent, grant, sign_in
from tests.sandbox.client import SandboxClient

PLACE = PLACES["quickbooks"]


def begin(ground: Ground, user_id: UUID | None = None) -> str:
    return begin_consent(
        ground,
        ledger="quickbooks",
        purpose="connect" if user_id else "sign_in",
        browser_token=BROWSER,
        user_id=user_id,
    )


def finish(ground: Ground, query: dict[str, str], user_id: UUID | None = None) -> SignedIn | GrantReceived:
    return finish_consent(ground, ledger="quickbooks", query=query, browser_token=BROWSER, user_id=user_id)


def callback(ground: Ground, user_id: UUID, company: str = PLACE.main) -> dict[str, str]:
    return consent(begin(ground, user_id), user=PLACE.owner, company=company)


def row(ground: Ground, tenant: ConnectedTenant) -> Connection:
    with ground.database.tenant(tenant.tenant_id) as session:
        return session.get_one(Connection, (tenant.tenant_id, tenant.connection_id))


def kept_grants(ground: Ground) -> int:
    with ground.database.platform() as session:
        kept = select(func.count()).where(
            OAuthAttempt.grant_sealed.is_not(None) | OAuthAttempt.organisation.is_not(None)
        )
        return session.scalar(kept) or 0


def test_the_address_asks_for_accounting_without_pkce(sandbox_ground: Ground) -> None:
    user_id = sign_in(sandbox_ground, "quickbooks")
    query = parse_qs(urlsplit(begin(sandbox_ground, user_id)).query)
    assert query["scope"] == ["com.intuit.quickbooks.accounting"]
    assert query["redirect_uri"] == ["http://127.0.0.1:8400/connect/quickbooks/callback"]
    assert query["state"]
    assert query["nonce"]
    assert "code_challenge" not in query


def test_signing_in_finds_name_and_address_at_intuit(sandbox_ground: Ground) -> None:
    first = sign_in(sandbox_ground, "quickbooks")
    assert sign_in(sandbox_ground, "quickbooks") == first
    with sandbox_ground.database.platform() as session:
        account = session.query(UserAccount).one()
    open_sealed = sandbox_ground.platform_sealer().open
    assert open_sealed(account.name_sealed, column="user_account.name", row=account.id) == "Dana Hale"
    assert open_sealed(account.email_sealed, column="user_account.email", row=account.id) == PLACE.owner


@pytest.mark.parametrize("kind", ["500", "garbage", "html", "drop"])
@pytest.mark.parametrize("place", ["userinfo", "tokens/bearer"])
def test_an_intuit_in_trouble_while_signing_in_is_a_failure_in_words(
    sandbox_ground: Ground, sandbox: SandboxClient, kind: str, place: str
) -> None:
    query = consent(begin(sandbox_ground), user=PLACE.owner)
    sandbox.fault("quickbooks-identity", kind, match=place, times=5)
    with pytest.raises(ConsentFailed, match="again"):
        finish(sandbox_ground, query)
    with sandbox_ground.database.platform() as session:
        assert session.query(UserAccount).count() == 0


def test_saying_no_at_intuit_ends_in_a_plain_sentence(sandbox_ground: Ground) -> None:
    query = consent(begin(sandbox_ground), user=PLACE.owner, decision="deny")
    with pytest.raises(ConsentDenied, match="did not allow"):
        finish(sandbox_ground, query)


def test_the_company_of_the_callback_is_the_one_to_choose(sandbox_ground: Ground) -> None:
    user_id = sign_in(sandbox_ground, "quickbooks")
    attempt_id = grant(sandbox_ground, user_id, "quickbooks", organisation=PLACE.second)
    [offer] = organisations(sandbox_ground, attempt_id, user_id)
    assert (offer.name, offer.is_new, offer.is_connected_here) == (PLACE.second, True, False)
    with pytest.raises(NotFound):
        connect_organisation(sandbox_ground, attempt_id, user_id, "1234567890")
    connected = connect_organisation(sandbox_ground, attempt_id, user_id, offer.external_id)
    assert row(sandbox_ground, connected).external_org_id == offer.external_id
    assert kept_grants(sandbox_ground) == 1  # the name of the company, without its tokens
    assert open_ledger(sandbox_ground, connected.tenant_id).organisation().name == PLACE.second


def test_a_tampered_company_connects_nothing_and_keeps_nothing(sandbox_ground: Ground) -> None:
    user_id = sign_in(sandbox_ground, "quickbooks")
    stranger = sign_in(sandbox_ground, "quickbooks", user=PLACE.stranger)
    address = begin(sandbox_ground, stranger)
    theirs = consent(address, user=PLACE.stranger, company=PLACE.strangers)["realmId"]
    for realm in (theirs, "9" * 16, "../../v3", "１２３", "1" * 400, "%00"):
        done = finish(sandbox_ground, {**callback(sandbox_ground, user_id), "realmId": realm}, user_id)
        assert isinstance(done, GrantReceived)
        with pytest.raises(ConsentFailed, match="does not fit the company"):
            organisations(sandbox_ground, done.attempt_id, user_id)
        with pytest.raises(ConsentExpired):
            connect_organisation(sandbox_ground, done.attempt_id, user_id, realm)
    assert kept_grants(sandbox_ground) == 0


@pytest.mark.parametrize("named", [None, ""])
def test_a_callback_without_a_company_is_a_failure_in_words(
    sandbox_ground: Ground, named: str | None
) -> None:
    user_id = sign_in(sandbox_ground, "quickbooks")
    query = {name: value for name, value in callback(sandbox_ground, user_id).items() if name != "realmId"}
    with pytest.raises(ConsentFailed, match="did not say which company"):
        finish(sandbox_ground, query if named is None else {**query, "realmId": named}, user_id)
    assert kept_grants(sandbox_ground) == 0


def test_keys_of_another_environment_are_the_operators_to_mend(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    user_id = sign_in(sandbox_ground, "quickbooks")
    attempt_id = grant(sandbox_ground, user_id, "quickbooks", organisation=PLACE.main)
    sandbox.fault("quickbooks", "wrong-keys")
    with pytest.raises(ConsentFailed, match="Whoever runs DueMate must put keys"):
        organisations(sandbox_ground, attempt_id, user_id)
    assert kept_grants(sandbox_ground) == 0


def test_an_intuit_that_is_away_leaves_the_choice_to_be_made_later(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    user_id = sign_in(sandbox_ground, "quickbooks")
    attempt_id = grant(sandbox_ground, user_id, "quickbooks", organisation=PLACE.main)
    sandbox.fault("quickbooks", "503", match="companyinfo", times=1)
    with pytest.raises(Retryable, match="could not be reached"):
        organisations(sandbox_ground, attempt_id, user_id)
    assert [offer.name for offer in organisations(sandbox_ground, attempt_id, user_id)] == [PLACE.main]


def test_the_end_of_the_consent_is_known_from_the_start_and_kept_by_a_refresh(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground, "quickbooks")
    ends_at = row(sandbox_ground, tenant).consent_ends_at
    assert ends_at is not None
    assert 5 * 365 - 1 <= (ends_at - sandbox_ground.clock.now()).days <= 5 * 365
    sandbox.advance(days=30)
    open_ledger(sandbox_ground, tenant.tenant_id).organisation()
    later = row(sandbox_ground, tenant).consent_ends_at
    assert later is not None
    assert abs((later - ends_at).total_seconds()) < 60


def test_a_teammate_who_connects_the_same_company_joins_it_and_brings_the_newest_tokens(
    sandbox_ground: Ground,
) -> None:
    mine = connect(sandbox_ground, "quickbooks")
    theirs = connect(sandbox_ground, "quickbooks", user=PLACE.teammate)
    assert (theirs.tenant_id, theirs.connection_id, theirs.is_new) == (
        mine.tenant_id,
        mine.connection_id,
        False,
    )
    with sandbox_ground.database.platform() as session:
        members = session.scalars(select(Membership.user_id).where(Membership.tenant_id == mine.tenant_id))
        assert len(set(members)) == 2
    with sandbox_ground.database.tenant(mine.tenant_id) as session:
        assert session.query(Tenant).count() == 1
    assert open_ledger(sandbox_ground, mine.tenant_id).organisation().name == PLACE.main


def test_a_strangers_company_stays_a_tenant_of_its_own(sandbox_ground: Ground) -> None:
    mine = connect(sandbox_ground, "quickbooks")
    theirs = connect(sandbox_ground, "quickbooks", user=PLACE.stranger, organisation=PLACE.strangers)
    assert mine.tenant_id != theirs.tenant_id


def test_disconnecting_revokes_the_consent_at_intuit_and_no_other(sandbox_ground: Ground) -> None:
    tenant = connect(sandbox_ground, "quickbooks")
    other = connect(sandbox_ground, "quickbooks", organisation=PLACE.second)
    with sandbox_ground.database.tenant(tenant.tenant_id) as session:
        tokens = stored_tokens(sandbox_ground, session, row(sandbox_ground, tenant))
    disconnect(sandbox_ground, tenant.tenant_id)
    connection = row(sandbox_ground, tenant)
    assert connection.state is ConnectionState.DISCONNECTED
    assert "was disconnected here" in str(connection.reason)
    with pytest.raises(Disconnected):
        reachable(sandbox_ground.settings, tokens.access_token, connection.external_org_id)
    assert open_ledger(sandbox_ground, other.tenant_id).organisation().name == PLACE.second


def test_disconnecting_what_the_user_ended_in_quickbooks_is_no_error(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground, "quickbooks")
    sandbox.control("quickbooks/disconnect")
    disconnect(sandbox_ground, tenant.tenant_id)
    assert row(sandbox_ground, tenant).state is ConnectionState.DISCONNECTED


def test_disconnecting_while_intuit_is_away_changes_nothing(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground, "quickbooks")
    sandbox.fault("quickbooks-identity", "503", match="revoke", times=1)
    with pytest.raises(Retryable, match="could not be reached"):
        disconnect(sandbox_ground, tenant.tenant_id)
    assert row(sandbox_ground, tenant).state is ConnectionState.ACTIVE
    disconnect(sandbox_ground, tenant.tenant_id)
    assert row(sandbox_ground, tenant).state is ConnectionState.DISCONNECTED
