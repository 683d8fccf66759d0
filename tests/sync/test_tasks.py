"""The durable tasks of syncing, run as a worker runs them."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.connectors.base import ChangeNotice
from app.kit.clock import SetClock
from app.kit.ground import Ground
from app.models import InboundEvent, Route, Task, TaskState
from app.sync.asking import ask_for_everything
from app.sync.connecting import ConnectedTenant
from app.sync.tasks import sweep_regularly
from app.tasks import kinds
from app.tasks.schedules import PERIODIC, start_due
from app.tasks.worker import run_task
from app.webhooks.inbox import receive
from tests.connectors.consent import connect
from tests.sandbox.client import SandboxClient
from tests.support.tenants import make_tenant
from tests.sync.books import (
    in_ledger,
    in_mirror,
    money_of,
    payments_in_ledger,
    payments_in_mirror,
    sales,
)

RECEIVED = ("Payments", "Overpayments", "Prepayments")
"""The lists in which Xero keeps money that came in."""


def tasks(ground: Ground, kind: str) -> list[Task]:
    with ground.database.platform() as session:
        return list(session.scalars(select(Task).where(Task.kind == kind).order_by(Task.run_at)))


def run_only(ground: Ground, kind: str) -> None:
    for task in tasks(ground, kind):
        assert run_task(ground, task.id)


def events(ground: Ground) -> dict[str, bool]:
    with ground.database.platform() as session:
        return {row.external_key: row.handled_at is not None for row in session.scalars(select(InboundEvent))}


def hint(ground: Ground, key: str, tenant: ConnectedTenant, *, late: timedelta = timedelta()) -> None:
    with ground.database.platform() as session:
        organisation = session.scalars(
            select(Route.outside_key).where(Route.subject_id == tenant.connection_id)
        ).one()
        now = ground.clock.now() + late
        notice = ChangeNotice(external_key=key, organisation=organisation, resource="INVOICE", record="i")
        receive(session, "xero", [notice], now=now)


def test_connecting_leads_to_a_mirror_and_the_hints_before_it_are_followed(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    hint(sandbox_ground, "before", tenant)
    hint(sandbox_ground, "after", tenant, late=timedelta(minutes=5))
    run_only(sandbox_ground, kinds.SYNC_PULL)
    assert in_mirror(sandbox_ground, tenant) == in_ledger(sandbox)
    assert [task.state for task in tasks(sandbox_ground, kinds.SYNC_PULL)] == [TaskState.DONE]
    assert [task.tenant_id for task in tasks(sandbox_ground, kinds.PLAN)] == [tenant.tenant_id]
    assert events(sandbox_ground) == {"before": True, "after": False}


def test_a_limit_postpones_the_pull_and_says_why(sandbox_ground: Ground, sandbox: SandboxClient) -> None:
    connect(sandbox_ground)
    sandbox.fault("xero", "429", match="/Contacts", times=1, value=120)
    run_only(sandbox_ground, kinds.SYNC_PULL)
    [task] = tasks(sandbox_ground, kinds.SYNC_PULL)
    assert (task.state, task.reason) == (
        TaskState.WAITING,
        "Xero's per-minute limit is used up. We go on by ourselves.",
    )
    assert task.run_at - sandbox_ground.clock.now() > timedelta(seconds=100)


def test_a_dead_connection_parks_the_pull_and_reconnecting_wakes_it(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    sandbox.control("xero/disconnect")
    run_only(sandbox_ground, kinds.SYNC_PULL)
    [task] = tasks(sandbox_ground, kinds.SYNC_PULL)
    assert task.state is TaskState.PARKED
    assert task.reason is not None
    assert "Please reconnect" in task.reason
    connect(sandbox_ground)
    run_only(sandbox_ground, kinds.SYNC_PULL)
    assert [task.state for task in tasks(sandbox_ground, kinds.SYNC_PULL)] == [TaskState.DONE]
    assert in_mirror(sandbox_ground, tenant) == in_ledger(sandbox)


def test_the_sweep_finds_what_no_webhook_told(sandbox_ground: Ground, sandbox: SandboxClient) -> None:
    tenant = connect(sandbox_ground)
    run_only(sandbox_ground, kinds.SYNC_PULL)
    sandbox.fault("xero", "webhook-lost", times=None)
    sandbox.control("xero/storm", edits=20, seed=8)
    sandbox.advance(seconds=15 * 60)
    start_due(sandbox_ground)
    run_only(sandbox_ground, kinds.SYNC_SWEEP)
    for task in tasks(sandbox_ground, kinds.SYNC_PULL):
        run_task(sandbox_ground, task.id)
    assert money_of(in_mirror(sandbox_ground, tenant)) == money_of(in_ledger(sandbox))


def calls(sandbox: SandboxClient) -> dict[str, int]:
    counted = sandbox.get("/control/counters").json()["calls"]
    return {
        route.rpartition("/")[2]: count
        for route, count in counted.items()
        if "/api.xro/" in route or "/v3/company/" in route
    }


def swept(ground: Ground, sandbox: SandboxClient) -> dict[str, int]:
    """What a sweep asks the ledger, a quarter of an hour after the last one."""
    sandbox.advance(seconds=15 * 60)
    before = calls(sandbox)
    start_due(ground)
    for kind in (kinds.SYNC_SWEEP, kinds.SYNC_PULL):
        for task in tasks(ground, kind):
            run_task(ground, task.id)
    return {
        path: count - before.get(path, 0)
        for path, count in calls(sandbox).items()
        if count != before.get(path)
    }


def test_a_quiet_sweep_asks_for_customers_and_invoices_only_and_once_an_hour_for_everything(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    connect(sandbox_ground)
    run_only(sandbox_ground, kinds.SYNC_PULL)
    little = {"Contacts": 1, "Invoices": 1}
    everything = {**little, "Organisation": 1, "Accounts": 1, "CreditNotes": 1, **dict.fromkeys(RECEIVED, 1)}
    sweeps = [swept(sandbox_ground, sandbox) for _ in range(8)]
    assert sweeps == [little, little, little, everything] * 2


def test_a_changed_invoice_brings_its_payments_and_credits_along(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    run_only(sandbox_ground, kinds.SYNC_PULL)
    invoice = next(one for one in sales(sandbox) if one["status"] == "AUTHORISED")
    sandbox.advance(seconds=60)
    sandbox.control(f"xero/invoices/{invoice['number']}/pay")
    assert set(swept(sandbox_ground, sandbox)) == {"Contacts", "Invoices", "CreditNotes", *RECEIVED}
    assert payments_in_mirror(sandbox_ground, tenant) == payments_in_ledger(sandbox)


def test_whoever_asks_for_a_read_gets_all_of_it(sandbox_ground: Ground, sandbox: SandboxClient) -> None:
    tenant = connect(sandbox_ground)
    run_only(sandbox_ground, kinds.SYNC_PULL)
    sandbox.advance(seconds=60)
    before = calls(sandbox)
    with sandbox_ground.database.tenant(tenant.tenant_id) as session:
        ask_for_everything(session, tenant.tenant_id, tenant.connection_id, now=sandbox_ground.clock.now())
    for task in tasks(sandbox_ground, kinds.SYNC_PULL):
        run_task(sandbox_ground, task.id)
    asked = {path for path, count in calls(sandbox).items() if count != before.get(path)}
    assert asked == {"Organisation", "Contacts", "Accounts", "Invoices", "CreditNotes", *RECEIVED}


def test_a_quiet_sweep_of_quickbooks_takes_two_calls(sandbox_ground: Ground, sandbox: SandboxClient) -> None:
    connect(sandbox_ground, "quickbooks")
    run_only(sandbox_ground, kinds.SYNC_PULL)
    assert sum(swept(sandbox_ground, sandbox).values()) == 2


def test_the_sweep_starts_four_times_an_hour_and_waits_as_one() -> None:
    assert PERIODIC[kinds.SYNC_SWEEP].every == timedelta(minutes=15)
    assert PERIODIC[kinds.SYNC_SWEEP].start is sweep_regularly


def test_a_sweep_of_many_tenants_is_spread_out_and_asks_for_each_once(ground: Ground) -> None:
    make_tenants(ground, 120)
    for _ in range(2):
        with ground.database.platform() as session:
            sweep_regularly(session, ground.clock.now())
        run_waiting(ground, kinds.SYNC_SWEEP)
    asked = tasks(ground, kinds.SYNC_PULL)
    assert len({task.subject_id for task in asked}) == len(asked) == 120
    waits = [task.run_at - ground.clock.now() for task in asked]
    assert (waits[49], waits[50], waits[119]) == (timedelta(), timedelta(seconds=3), timedelta(seconds=6))


def make_tenants(ground: Ground, count: int) -> None:
    assert isinstance(ground.clock, SetClock)
    for _ in range(count):
        make_tenant(ground)


def run_waiting(ground: Ground, kind: str) -> None:
    waiting: list[UUID] = [task.id for task in tasks(ground, kind) if task.state is TaskState.WAITING]
    assert [run_task(ground, task_id) for task_id in waiting] == [True]


@pytest.mark.parametrize("times", [1, 2])
def test_a_pull_may_run_twice(sandbox_ground: Ground, sandbox: SandboxClient, times: int) -> None:
    tenant = connect(sandbox_ground)
    for _ in range(times):
        with sandbox_ground.database.platform() as session:
            [task] = session.scalars(select(Task).where(Task.kind == kinds.SYNC_PULL))
            task.state = TaskState.WAITING
        run_only(sandbox_ground, kinds.SYNC_PULL)
    assert in_mirror(sandbox_ground, tenant) == in_ledger(sandbox)
