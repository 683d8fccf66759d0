"""The mirror after a pull is the ledger, whatever happened meanwhile."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from app.connectors.base import Resource
from app.connectors.registry import open_ledger
from app.kit.errors import Disconnected, Retryable
from app.kit.ground import Ground
from app.models import Connection, ConnectionState, SyncRun, SyncState
from app.sync import progress
from app.sync.identity import CUSTOMER, INVOICE, mirror_id
from app.sync.mirror_check import compare
from app.sync.progress import Findings
from app.sync.pull import pull
from app.sync.tables import EMAILS_COLUMN
from tests.connectors.consent import connect
from tests.sandbox.client import SandboxClient
from tests.support.tenants import make_tenant
from tests.sync.books import (
    in_ledger,
    in_mirror,
    ledger,
    money_of,
    one,
    payments_in_ledger,
    payments_in_mirror,
    pull_now,
    rows,
    sales,
)


def test_a_first_pull_mirrors_every_row_to_the_cent(sandbox_ground: Ground, sandbox: SandboxClient) -> None:
    tenant = connect(sandbox_ground)
    pull_now(sandbox_ground, tenant)
    assert in_mirror(sandbox_ground, tenant) == in_ledger(sandbox)
    assert payments_in_mirror(sandbox_ground, tenant) == payments_in_ledger(sandbox)
    books = ledger(sandbox)
    assert one(sandbox_ground, tenant, "SELECT count(*) FROM customer") == len(books["contacts"])
    assert one(sandbox_ground, tenant, "SELECT count(*) FROM account") == len(books["accounts"])
    assert len(in_mirror(sandbox_ground, tenant)) >= 400
    assert compare(sandbox_ground, tenant.tenant_id).is_equal


def test_a_first_pull_tells_its_progress_and_asks_for_a_plan(sandbox_ground: Ground) -> None:
    tenant = connect(sandbox_ground)
    pull_now(sandbox_ground, tenant)
    with sandbox_ground.database.tenant(tenant.tenant_id) as session:
        told = session.query(SyncRun).one()
        connection = session.get_one(Connection, (tenant.tenant_id, tenant.connection_id))
        kinds = session.scalars(text("SELECT kind FROM task WHERE kind = 'reminders.plan'")).all()
    assert (told.state, told.is_first, told.reason) == (SyncState.DONE, True, None)
    assert told.rows_read == told.rows_expected
    assert told.rows_changed > 400
    assert told.finished_at is not None
    assert told.finished_at > told.started_at
    assert connection.read_at == connection.read_whole_at
    assert kinds == ["reminders.plan"]


def test_names_and_zone_of_the_organisation_are_kept_up_to_date(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    sandbox.control("xero/lock-date", date="2026-06-30")
    pull_now(sandbox_ground, tenant)
    [facts] = rows(
        sandbox_ground,
        tenant,
        "SELECT t.name, t.base_currency, t.time_zone, CAST(c.lock_date AS text) FROM tenant t, connection c",
    )
    assert facts == ("Harbour & Pine Studio Ltd", "GBP", "Europe/London", "2026-06-30")


def test_addresses_are_sealed_and_open_for_their_own_row(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    pull_now(sandbox_ground, tenant)
    contact = next(c for c in ledger(sandbox)["contacts"] if c["email"])
    row_id = mirror_id(tenant.tenant_id, CUSTOMER, contact["id"])
    sealed = one(sandbox_ground, tenant, "SELECT emails_sealed FROM customer WHERE id = :id", id=row_id)
    assert contact["email"].encode() not in sealed
    with sandbox_ground.database.tenant(tenant.tenant_id) as session:
        opened = sandbox_ground.sealer(session).open(sealed, column=EMAILS_COLUMN, row=row_id)
    assert json.loads(opened)[0] == contact["email"]


def test_a_pull_with_nothing_changed_takes_a_handful_of_calls_and_writes_nothing(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    pull_now(sandbox_ground, tenant)
    sandbox.advance(seconds=60)
    before = calls(sandbox)
    pull_now(sandbox_ground, tenant)
    assert calls(sandbox) - before == 8
    changes = rows(sandbox_ground, tenant, "SELECT rows_changed FROM sync_run WHERE NOT is_first")
    assert changes == [(0,)]


def test_edits_reach_the_mirror_with_the_next_pull(sandbox_ground: Ground, sandbox: SandboxClient) -> None:
    tenant = connect(sandbox_ground)
    pull_now(sandbox_ground, tenant)
    sandbox.control("xero/storm", edits=60, seed=3)
    assert money_of(in_mirror(sandbox_ground, tenant)) != money_of(in_ledger(sandbox))
    pull_now(sandbox_ground, tenant)
    assert money_of(in_mirror(sandbox_ground, tenant)) == money_of(in_ledger(sandbox))
    assert payments_in_mirror(sandbox_ground, tenant) == payments_in_ledger(sandbox)


def test_a_changed_due_date_the_ledger_does_not_tell_is_found_by_the_daily_whole_pull(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    pull_now(sandbox_ground, tenant)
    part_paid = next(i for i in sales(sandbox) if i["status"] == "AUTHORISED" and float(i["amount_paid"]) > 0)
    sandbox.advance(seconds=60)
    sandbox.control(f"xero/invoices/{part_paid['number']}/due", due="2027-03-01")
    pull_now(sandbox_ground, tenant)
    assert in_mirror(sandbox_ground, tenant) != in_ledger(sandbox)
    sandbox.advance(days=1)
    pull_now(sandbox_ground, tenant)
    assert in_mirror(sandbox_ground, tenant) == in_ledger(sandbox)


def test_a_pull_that_was_cut_short_goes_on_where_it_stopped(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    sandbox.fault("xero", "429", match="GET /xero/api.xro/2.0/CreditNotes", times=1, value=2)
    with pytest.raises(Retryable) as waits:
        pull_now(sandbox_ground, tenant)
    assert waits.value.after == timedelta(seconds=2)
    before = requests_for(sandbox, "Invoices")
    assert one(sandbox_ground, tenant, "SELECT count(*) FROM invoice") >= 400
    pull_now(sandbox_ground, tenant)
    assert in_mirror(sandbox_ground, tenant) == in_ledger(sandbox)
    assert requests_for(sandbox, "Invoices") == before + 1
    states = rows(sandbox_ground, tenant, "SELECT state, is_first FROM sync_run ORDER BY started_at")
    assert states == [("failed", True), ("done", True)]


@pytest.mark.parametrize("kind", ["500", "drop", "garbage", "html"])
def test_a_ledger_that_answers_nonsense_is_asked_again_later_and_the_reason_is_kept(
    sandbox_ground: Ground, sandbox: SandboxClient, kind: str
) -> None:
    tenant = connect(sandbox_ground)
    sandbox.fault("xero", kind, match="GET /xero/api.xro/2.0/Invoices", times=5)
    with pytest.raises(Retryable, match="try again by ourselves"):
        pull_now(sandbox_ground, tenant)
    assert "could not be reached" in one(sandbox_ground, tenant, "SELECT reason FROM sync_run")
    sandbox.delete("/control/faults")
    pull_now(sandbox_ground, tenant)
    assert in_mirror(sandbox_ground, tenant) == in_ledger(sandbox)


def test_new_values_and_nulls_in_the_ledgers_answers_lose_nothing(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    sandbox.fault("xero", "drift", times=None)
    pull_now(sandbox_ground, tenant)
    assert in_mirror(sandbox_ground, tenant) == in_ledger(sandbox)


def test_a_dead_connection_is_told_on_run_and_connection_and_reminders_are_planned_again(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    pull_now(sandbox_ground, tenant)
    sandbox.control("xero/disconnect")
    with sandbox_ground.database.platform() as session:
        session.execute(text("DELETE FROM task"))
    with pytest.raises(Disconnected):
        pull_now(sandbox_ground, tenant)
    with sandbox_ground.database.tenant(tenant.tenant_id) as session:
        connection = session.get_one(Connection, (tenant.tenant_id, tenant.connection_id))
        last = session.query(SyncRun).order_by(SyncRun.started_at.desc()).first()
        kinds = session.scalars(text("SELECT kind FROM task")).all()
    assert connection.state is ConnectionState.DISCONNECTED
    assert last is not None
    assert (
        last.reason
        == connection.reason
        == ("DueMate was disconnected from this organisation in Xero. Please reconnect.")
    )
    assert kinds == ["reminders.plan"]


def test_a_pull_whose_worker_died_is_taken_over(sandbox_ground: Ground) -> None:
    tenant = connect(sandbox_ground)
    progress.begin(sandbox_ground, tenant.tenant_id, tenant.connection_id)
    pull_now(sandbox_ground, tenant)
    assert sorted(rows(sandbox_ground, tenant, "SELECT state, reason FROM sync_run")) == [
        ("done", None),
        ("failed", "This read was interrupted. Another one took over."),
    ]


def test_the_lease_is_renewed_after_every_page(sandbox_ground: Ground) -> None:
    tenant = connect(sandbox_ground)
    renewals: list[int] = []
    pull(sandbox_ground, tenant.tenant_id, tenant.connection_id, renew=lambda: renewals.append(1))
    assert len(renewals) >= len(Resource)


def test_another_tenant_sees_none_of_it(sandbox_ground: Ground) -> None:
    tenant = connect(sandbox_ground)
    pull_now(sandbox_ground, tenant)
    stranger = connect(
        sandbox_ground, user="sam@northgate-cycles.example", organisation="Northgate Cycles Ltd"
    )
    assert one(sandbox_ground, stranger, "SELECT count(*) FROM invoice") == 0
    pull_now(sandbox_ground, stranger)
    both = set(in_mirror(sandbox_ground, tenant)) & set(in_mirror(sandbox_ground, stranger))
    assert len(in_mirror(sandbox_ground, stranger)) > len(both)
    assert compare(sandbox_ground, stranger.tenant_id).is_equal


def test_the_check_of_the_mirror_names_the_line_that_differs(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    pull_now(sandbox_ground, tenant)
    invoice = next(i for i in sales(sandbox) if i["status"] == "AUTHORISED")
    with sandbox_ground.database.tenant(tenant.tenant_id) as session:
        row_id = mirror_id(tenant.tenant_id, INVOICE, invoice["id"])
        session.execute(
            text("UPDATE invoice SET amount_due = amount_due - 0.01 WHERE id = :id"), {"id": row_id}
        )
    [line] = compare(sandbox_ground, tenant.tenant_id).differences
    assert (line.resource, line.state, line.currency) == ("invoices", "open", invoice["currency"])
    assert line.ledger[2] - line.mirror[2] == Decimal("0.01")


def calls(sandbox: SandboxClient) -> int:
    counted = sandbox.get("/control/counters").json()["calls"]
    return sum(count for route, count in counted.items() if "/api.xro/" in route)


def requests_for(sandbox: SandboxClient, path: str) -> int:
    return int(sandbox.get("/control/counters").json()["calls"][f"xero GET /xero/api.xro/2.0/{path}"])


def test_a_ledger_opens_for_a_connected_tenant_only(sandbox_ground: Ground) -> None:
    with pytest.raises(Disconnected, match="No ledger is connected"):
        open_ledger(sandbox_ground, make_tenant(sandbox_ground, connected=False))


def test_a_pull_of_a_connection_known_to_be_dead_leaves_no_run_and_calls_nobody(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    sandbox.control("xero/disconnect")
    for _ in range(3):
        with pytest.raises(Disconnected):
            pull_now(sandbox_ground, tenant)
    assert one(sandbox_ground, tenant, "SELECT count(*) FROM sync_run") == 1


def test_runs_are_forgotten_after_five_weeks(sandbox_ground: Ground, sandbox: SandboxClient) -> None:
    tenant = connect(sandbox_ground)
    pull_now(sandbox_ground, tenant)
    sandbox.advance(days=36)
    pull_now(sandbox_ground, tenant)
    assert one(sandbox_ground, tenant, "SELECT count(*) FROM sync_run") == 1


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        ([], None),
        (["Invoice A has no date."], "1 row was left out: Invoice A has no date."),
        (["A.", "B."], "2 rows were left out: A. B."),
        ([f"{n}." for n in range(7)], "7 rows were left out: 0. 1. 2. 3. 4. ..."),
    ],
)
def test_rows_left_out_are_told(sentences: list[str], expected: str | None) -> None:
    assert progress.told(Findings(left_out=sentences)) == expected
