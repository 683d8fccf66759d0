"""How long it takes to plan 10,000 due reminders, stored, to plan again, and to plan a thousand tenants.

    python -m bench.planner [--customers 10000] [--invoices 2] [--runs 3] [--tenants 1000] [--processes 2]

Method: PostgreSQL (embedded, durable) runs as a process of its own on this machine, and has no statistics of the
tenants yet. Each run has a fresh tenant with as many customers, each with open invoices that are due for a step
today. `first` is the planning from its first query to its commit with no reminder stored yet; `moved` the same
after every second invoice was given another due date; `again` after nothing changed, though it is made to look at
everything; `idle` is the task's handler when nothing changed. `pure` is the planner alone, on the same invoices in
memory. CPU is what this process used for `moved`, which does not depend on what else the machine does.
Then as many tenants with 100 open invoices each are planned by as many processes: `moved` after every second
invoice was given another due date, `again` with nothing changed but made to look, `idle` every task's handler with
nothing changed, and `look` is the question that is asked every minute whose plan may be wrong: when nothing has
changed that is all there is to do.
"""

import argparse
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import event, text

from app.kit.clock import SetClock
from app.kit.embedded.postgres import start_postgres
from app.kit.ground import Ground
from app.kit.migrations import migrate
from app.kit.settings import load_settings
from app.models import Task
from app.reminders.loading import load_situation
from app.reminders.planner import plan
from app.reminders.planning import plan_if_stale, plan_tenant, planning_cadence
from app.reminders.tasks import plan_stale
from bench.environment import bare_environment
from tests.support.tenants import make_tenant

_NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
_FIRST_SECONDS, _IDLE_SECONDS = 2.0, 0.5
_ALL_SECONDS, _ALL_IDLE_SECONDS = 10.0, 1.0

_CUSTOMERS = """
    INSERT INTO customer (tenant_id, id, external_id, name, emails_sealed, is_active)
    SELECT :tenant, gen_random_uuid(), n::text, 'Customer ' || n, 'x', true FROM generate_series(1, :customers) n
"""
_INVOICES = """
    INSERT INTO invoice (tenant_id, id, external_id, customer_id, number, reference, state, currency, total,
                         amount_due, amount_paid, amount_credited, issued_on, due_on, changed_at, read_at)
    SELECT :tenant, gen_random_uuid(), c.external_id || '-' || n, c.id, 'INV-' || c.external_id || '-' || n, '',
           'open', 'GBP', 100, 100, 0, 0, DATE '2026-09-01', DATE '2026-11-13' - 7 * (n - 1), :now, :now
    FROM customer c, generate_series(1, :invoices) n WHERE c.tenant_id = :tenant
"""
_MOVE = "UPDATE invoice SET due_on = due_on + 2 WHERE right(external_id, 2) = '-1' AND total = 100"


def main() -> None:
    """Run as asked on the command line."""
    arguments = argparse.ArgumentParser(description="Measure planning.")
    arguments.add_argument("--customers", type=int, default=10_000, help="reminders due: one per customer")
    arguments.add_argument("--invoices", type=int, default=2, help="open invoices per customer")
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--tenants", type=int, default=1_000, help="with 100 open invoices each")
    arguments.add_argument("--processes", type=int, default=2)
    asked, _ = arguments.parse_known_args()
    print((__doc__ or "").partition("Method: ")[2].strip() + "\n")
    with tempfile.TemporaryDirectory() as folder, start_postgres(folder=Path(folder, "postgres")) as server:
        migrate(server.owner_url)
        os.environ.update(bare_environment(server.app_url))
        ground = _ground()
        columns = ("first s", "moved s", "again s", "idle s", "pure s", "CPU s")
        print(f"{'run':<5}{'reminders':>10}" + "".join(f"{name:>9}" for name in columns))
        for number in range(asked.runs):
            _one_run(ground, number, asked.customers, asked.invoices)
        if asked.tenants:
            _many_tenants(ground, asked.tenants, asked.processes)
        ground.database.close()


def add_open_invoices(ground: Ground, customers: int, invoices: int, *, connected: bool = True) -> UUID:
    """A tenant of its own with as many customers, each with so many open invoices."""
    tenant = make_tenant(ground, connected=connected)
    values = {"tenant": tenant, "customers": customers, "invoices": invoices, "now": _NOW}
    for statement in (_CUSTOMERS, _INVOICES):
        _execute(ground, tenant, statement, values)
    return tenant


def move_due_dates(ground: Ground, tenant: UUID) -> None:
    """Every second invoice is due two days later."""
    _execute(ground, tenant, _MOVE, {})


def _one_run(ground: Ground, number: int, customers: int, invoices: int) -> None:
    tenant = add_open_invoices(ground, customers, invoices)
    first, written = _timed(lambda: plan_tenant(ground, tenant))
    move_due_dates(ground, tenant)
    began = time.process_time()
    moved, _ = _timed(lambda: plan_tenant(ground, tenant))
    cpu = time.process_time() - began
    again, rewritten = _timed(lambda: plan_tenant(ground, tenant))
    idle, _ = _timed(lambda: plan_if_stale(ground, tenant))
    is_met = first < _FIRST_SECONDS and moved < _FIRST_SECONDS and idle < _IDLE_SECONDS and not rewritten
    figures = (first, moved, again, idle, _pure(ground, tenant), cpu)
    print(
        f"{number + 1:<5}{written:>10}"
        + "".join(f"{one:>9.2f}" for one in figures)
        + f"   target first and moved under {_FIRST_SECONDS:.0f} s, idle under {_IDLE_SECONDS} s, nothing "
        + f"rewritten again: {_verdict(is_met)}"
    )


def _many_tenants(ground: Ground, count: int, processes: int) -> None:
    tenants = [add_open_invoices(ground, 50, 2) for _ in range(count)]
    print(f"\n{count} tenants with 100 open invoices each, {processes} processes; seconds for 1,000 tenants")
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:

        def planned(name: str, act: Callable[[UUID], tuple[int, float, int]]) -> tuple[float, int]:
            began = time.perf_counter()
            found = list(pool.map(act, tenants, chunksize=5))
            elapsed = (time.perf_counter() - began) * 1_000 / count
            written, cpu, statements = (sum(column) for column in zip(*found, strict=True))
            print(
                f"{name:<6}{elapsed:>8.2f} s, {written} reminders written, "
                f"{cpu / count * 1_000:.1f} ms CPU beside PostgreSQL's and {statements / count:.0f} statements a tenant"
            )
            return elapsed, written

        planned("first", _made)
        for tenant in tenants:
            move_due_dates(ground, tenant)
        moved, _ = planned("moved", _made)
        _, rewritten = planned("again", _made)
        planned("idle", _made_if_stale)
    look, asked_for = _timed(lambda: _look(ground))
    is_met = moved < _ALL_SECONDS and look < _ALL_IDLE_SECONDS and not rewritten and not asked_for
    print(
        f"look  {look:>8.3f} s   target moved under {_ALL_SECONDS:.0f} s, look under {_ALL_IDLE_SECONDS:.0f} s: "
        f"{_verdict(is_met)}"
    )


def _made(tenant: UUID) -> tuple[int, float, int]:
    return _watched(lambda ground: plan_tenant(ground, tenant))


def _made_if_stale(tenant: UUID) -> tuple[int, float, int]:
    return _watched(lambda ground: plan_if_stale(ground, tenant))


def _watched(act: Callable[[Ground], int]) -> tuple[int, float, int]:
    """Reminders written, CPU seconds and statements, in a process of the pool."""
    if not _POOLED:
        _POOLED.append(_ground())
    ground, statements = _POOLED[0], [0]

    def count(*_: object) -> None:
        statements[0] += 1

    event.listen(ground.database.engine, "before_cursor_execute", count)
    began = time.process_time()
    try:
        return act(ground), time.process_time() - began, statements[0]
    finally:
        event.remove(ground.database.engine, "before_cursor_execute", count)


_POOLED: list[Ground] = []
"""The ground of this process, once it has planned."""


def _look(ground: Ground) -> int:
    with ground.database.platform() as session:
        before = session.query(Task).filter(Task.run_at <= _NOW).count()
        plan_stale(session, _NOW)
        return session.query(Task).filter(Task.run_at <= _NOW).count() - before


def _pure(ground: Ground, tenant: UUID) -> float:
    with ground.database.tenant(tenant) as session:
        cadence = planning_cadence(session, _NOW)
        situation = load_situation(session, cadence=cadence, stored=(), zone="Europe/London", now=_NOW)
    return _timed(lambda: len(plan(situation)))[0]


def _timed(act: Callable[[], int]) -> tuple[float, int]:
    began = time.perf_counter()
    count = act()
    return time.perf_counter() - began, count


def _verdict(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


def _execute(ground: Ground, tenant: UUID, statement: str, values: dict[str, object]) -> None:
    with ground.database.tenant(tenant) as session:
        session.execute(text(statement), values)


def _ground() -> Ground:
    return Ground.from_settings(load_settings(), clock=SetClock(_NOW))


if __name__ == "__main__":
    main()
