"""Tenants come, come back and go; nothing is sent until the owner has seen the list."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from app.connectors.oauth import ConsentExpired, organisations
from app.connectors.registry import open_ledger
from app.kit.errors import Disconnected, Retryable
from app.kit.ground import Ground
from app.models import (
    Connection,
    ConnectionState,
    Membership,
    Route,
    Sending,
    SyncCursor,
    Task,
    TaskState,
    Tenant,
)
from app.sync.connecting import ConnectedTenant, connect_organisation, disconnect
from app.tasks.queue import enqueue
from tests.connectors.consent import DEMO, TEAMMATE, connect, grant, sign_in
from tests.sandbox.client import SandboxClient
from tests.sync.books import in_ledger, in_mirror, one, pull_now


def connection_of(ground: Ground, tenant: ConnectedTenant) -> Connection:
    with ground.database.tenant(tenant.tenant_id) as session:
        return session.get_one(Connection, (tenant.tenant_id, tenant.connection_id))


def sending_of(ground: Ground, tenant: ConnectedTenant) -> Sending:
    with ground.database.tenant(tenant.tenant_id) as session:
        return session.get_one(Tenant, tenant.tenant_id).sending


def let_send(ground: Ground, tenant: ConnectedTenant) -> None:
    with ground.database.tenant(tenant.tenant_id) as session:
        session.get_one(Tenant, tenant.tenant_id).sending = Sending.ON


def test_a_new_organisation_becomes_a_tenant_on_hold_whose_first_pull_is_on_its_way(
    sandbox_ground: Ground,
) -> None:
    tenant = connect(sandbox_ground)
    assert tenant.is_new
    assert sending_of(sandbox_ground, tenant) is Sending.HELD_UNTIL_CONFIRMED
    connection = connection_of(sandbox_ground, tenant)
    assert (connection.state, connection.ledger, connection.read_at) == (ConnectionState.ACTIVE, "xero", None)
    with sandbox_ground.database.platform() as session:
        route = session.get_one(Route, ("xero", connection.external_org_id))
        task = session.scalars(select(Task)).one()
        members = session.scalars(select(Membership.tenant_id)).all()
    assert (route.tenant_id, route.subject_id) == (tenant.tenant_id, tenant.connection_id)
    assert (task.kind, task.subject_id, task.key) == (
        "sync.pull",
        tenant.connection_id,
        f"sync.pull:{tenant.connection_id}",
    )
    assert members == [tenant.tenant_id]


def test_a_consent_is_good_for_one_organisation(sandbox_ground: Ground) -> None:
    user_id = sign_in(sandbox_ground)
    attempt_id = grant(sandbox_ground, user_id, organisation=[DEMO, "Second Street Lettings Ltd"])
    first, second = organisations(sandbox_ground, attempt_id, user_id)
    connect_organisation(sandbox_ground, attempt_id, user_id, first.external_id)
    with pytest.raises(ConsentExpired):
        connect_organisation(sandbox_ground, attempt_id, user_id, second.external_id)


def test_a_consent_chosen_twice_at_the_same_moment_is_good_for_one_organisation_all_the_same(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    user_id = sign_in(sandbox_ground)
    attempt_id = grant(sandbox_ground, user_id, organisation=[DEMO, "Second Street Lettings Ltd"])
    offered = [offer.external_id for offer in organisations(sandbox_ground, attempt_id, user_id)]
    sandbox.fault("xero", "latency", value=1.5, match="Organisation", times=2)  # both have read the consent

    def choose(external_id: str) -> ConnectedTenant | None:
        try:
            return connect_organisation(sandbox_ground, attempt_id, user_id, external_id)
        except ConsentExpired:
            return None

    with ThreadPoolExecutor(2) as threads:
        connected = list(threads.map(choose, offered))
    assert connected.count(None) == 1
    with sandbox_ground.database.platform() as session:
        routes = session.scalars(select(Route.outside_key).where(Route.kind == "xero")).all()
    assert routes == [offered[connected.index(None) - 1]]


def test_a_teammate_who_connects_the_same_organisation_joins_the_same_tenant(sandbox_ground: Ground) -> None:
    mine = connect(sandbox_ground)
    theirs = connect(sandbox_ground, user=TEAMMATE)
    assert theirs == ConnectedTenant(mine.tenant_id, mine.connection_id, is_new=False)
    with sandbox_ground.database.platform() as session:
        members = session.scalars(select(Membership.tenant_id)).all()
    assert members == [mine.tenant_id, mine.tenant_id]
    assert one(sandbox_ground, mine, "SELECT count(*) FROM connection") == 1


def test_two_people_who_connect_at_the_same_moment_make_one_tenant(sandbox_ground: Ground) -> None:
    choices = []
    for user in ("olivia@harbour-pine.example", TEAMMATE):
        user_id = sign_in(sandbox_ground, user=user)
        attempt_id = grant(sandbox_ground, user_id, user=user, organisation=DEMO)
        [offer] = organisations(sandbox_ground, attempt_id, user_id)
        choices.append((attempt_id, user_id, offer.external_id))
    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(lambda choice: connect_organisation(sandbox_ground, *choice), choices))
    assert len({tenant.tenant_id for tenant in done}) == 1
    assert sorted(tenant.is_new for tenant in done) == [False, True]


def test_reconnecting_replaces_the_tokens_holds_everything_and_wakes_what_waited(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    pull_now(sandbox_ground, tenant)
    let_send(sandbox_ground, tenant)
    sandbox.control("xero/disconnect")
    with pytest.raises(Disconnected):
        pull_now(sandbox_ground, tenant)
    with sandbox_ground.database.platform() as session:
        now = sandbox_ground.clock.now()
        enqueue(session, kind="payments.write_back", tenant_id=tenant.tenant_id, run_at=now, now=now)
        enqueue(session, kind="payments.write_back", tenant_id=uuid4(), run_at=now, now=now)
        session.execute(
            text("UPDATE task SET state = 'parked', attempts = 3 WHERE kind = 'payments.write_back'")
        )
    again = connect(sandbox_ground)
    assert again == ConnectedTenant(tenant.tenant_id, tenant.connection_id, is_new=False)
    connection = connection_of(sandbox_ground, tenant)
    assert (connection.state, connection.reason, connection.read_whole_at) == (
        ConnectionState.ACTIVE,
        None,
        None,
    )
    assert sending_of(sandbox_ground, tenant) is Sending.HELD_UNTIL_CONFIRMED
    with sandbox_ground.database.platform() as session:
        woken = session.scalars(select(Task).where(Task.kind == "payments.write_back")).all()
    assert {task.tenant_id == tenant.tenant_id: task.state for task in woken} == {
        True: TaskState.WAITING,
        False: TaskState.PARKED,
    }


def test_the_pull_after_a_reconnect_reads_everything_and_counts_as_a_first_one(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    pull_now(sandbox_ground, tenant)
    sandbox.control("xero/disconnect")
    sandbox.control("xero/storm", edits=30, seed=5)
    connect(sandbox_ground)
    assert one(sandbox_ground, tenant, "SELECT count(*) FROM sync_cursor") == 0
    pull_now(sandbox_ground, tenant)
    assert in_mirror(sandbox_ground, tenant) == in_ledger(sandbox)
    firsts = one(sandbox_ground, tenant, "SELECT count(*) FROM sync_run WHERE is_first AND state = 'done'")
    assert firsts == 2


def test_disconnecting_ends_the_consent_at_xero_forgets_the_tokens_and_asks_for_a_plan(
    sandbox_ground: Ground,
) -> None:
    tenant = connect(sandbox_ground)
    pull_now(sandbox_ground, tenant)
    disconnect(sandbox_ground, tenant.tenant_id)
    with pytest.raises(Disconnected, match="disconnected here"):
        open_ledger(sandbox_ground, tenant.tenant_id)
    user_id = sign_in(sandbox_ground)
    attempt_id = grant(sandbox_ground, user_id, organisation="Second Street Lettings Ltd")
    offers = {offer.name for offer in organisations(sandbox_ground, attempt_id, user_id)}
    assert offers == {"Second Street Lettings Ltd"}
    with sandbox_ground.database.platform() as session:
        assert session.scalars(select(Task.kind).where(Task.kind == "reminders.plan")).all() == [
            "reminders.plan"
        ]
    with sandbox_ground.database.tenant(tenant.tenant_id) as session:
        assert session.scalars(select(SyncCursor)).all() != []


def test_disconnecting_what_is_gone_at_xero_already_is_no_error(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    sandbox.control("xero/disconnect")
    disconnect(sandbox_ground, tenant.tenant_id)
    disconnect(sandbox_ground, tenant.tenant_id)
    assert connection_of(sandbox_ground, tenant).state is ConnectionState.DISCONNECTED


def test_a_xero_that_is_away_leaves_the_connection_as_it_was(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    for vendor in ("xero", "xero-identity"):
        sandbox.fault(vendor, "503", match="DELETE /xero/connections", times=1)
    with pytest.raises(Retryable):
        disconnect(sandbox_ground, tenant.tenant_id)
    assert connection_of(sandbox_ground, tenant).state is ConnectionState.ACTIVE


def test_nothing_is_written_if_the_organisation_cannot_be_read(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    user_id = sign_in(sandbox_ground)
    attempt_id = grant(sandbox_ground, user_id, organisation=DEMO)
    [offer] = organisations(sandbox_ground, attempt_id, user_id)
    sandbox.fault("xero", "503", match="/Organisation", times=1)
    with pytest.raises(Retryable):
        connect_organisation(sandbox_ground, attempt_id, user_id, offer.external_id)
    with sandbox_ground.database.platform() as session:
        assert session.scalars(select(Route)).all() == []
    assert connect_organisation(sandbox_ground, attempt_id, user_id, offer.external_id).is_new
