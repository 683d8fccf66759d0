"""How long it takes to plan 10,000 due reminders, stored, and to plan again when nothing changed.

    python -m bench.planner [--customers 10000] [--invoices 2] [--runs 3] [--tenants 1000]

Method: PostgreSQL (embedded, durable) runs as a process of its own on this machine. Each run has a fresh tenant
with as many customers, each with open invoices that are due for a step today. `first` is the handler of
the durable task from its first query to its commit with no reminder stored yet; `again` is the same with
nothing changed, which writes nothing; `moved` after every second invoice was given another due date. `pure`
is the planner alone, on the same invoices in memory.
Then as many tenants with 100 open invoices each are planned one after another by one process (`moved`: every
second invoice has another due date; `again`: every one forced to plan with nothing changed), and the hourly
look at them is taken (`look`): it reads no tenant whose plan is still fresh.
"""

import argparse
import base64
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from app.kit.clock import SetClock
from app.kit.embedded.postgres import start_postgres
from app.kit.ground import Ground
from app.kit.migrations import migrate
from app.kit.settings import load_settings
from app.models import Task
from app.reminders.loading import load_situation
from app.reminders.planner import plan
from app.reminders.planning import plan_tenant, planning_cadence
from app.reminders.tasks import plan_all
from tests.support.tenants import make_tenant

_NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
_TARGET_SECONDS = 2.0
_ALL_SECONDS = 10.0

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
    asked, _ = arguments.parse_known_args()
    print((__doc__ or "").partition("Method: ")[2].strip() + "\n")
    with tempfile.TemporaryDirectory() as folder, start_postgres(folder=Path(folder, "postgres")) as server:
        migrate(server.owner_url)
        os.environ.update(_environment(server.app_url))
        ground = Ground.from_settings(load_settings(), clock=SetClock(_NOW))
        print(f"{'run':<5}{'reminders':>10}{'first s':>9}{'again s':>9}{'moved s':>9}{'pure s':>8}")
        for number in range(asked.runs):
            _one_run(ground, number, asked.customers, asked.invoices)
        _many_tenants(ground, asked.tenants)
        ground.database.close()


def _many_tenants(ground: Ground, count: int) -> None:
    tenants = [make_tenant(ground) for _ in range(count)]
    for tenant in tenants:
        values = {"tenant": tenant, "customers": 50, "invoices": 2, "now": _NOW}
        for statement in (_CUSTOMERS, _INVOICES):
            _execute(ground, tenant, statement, values)
    for tenant in tenants:
        plan_tenant(ground, tenant)
        _execute(ground, tenant, _MOVE, {})
    moved, written = _timed(lambda: sum(plan_tenant(ground, tenant) for tenant in tenants))
    again, rewritten = _timed(lambda: sum(plan_tenant(ground, tenant) for tenant in tenants))
    look, asked_for = _timed(lambda: _look(ground))
    for_all = moved / 2 * 1_000 / count
    verdict = "met" if for_all < _ALL_SECONDS and look < 1 and not rewritten and not asked_for else "MISSED"
    print(
        f"{count} tenants, {written} reminders: moved {moved:.2f} s, again {again:.2f} s in one process; "
        f"look {look:.3f} s   target for 1000 tenants and two processes under {_ALL_SECONDS:.0f} s, "
        f"look under 1 s: {verdict}"
    )


def _look(ground: Ground) -> int:
    with ground.database.platform() as session:
        before = session.query(Task).filter(Task.run_at <= _NOW).count()
        plan_all(session, _NOW)
        return session.query(Task).filter(Task.run_at <= _NOW).count() - before


def _one_run(ground: Ground, number: int, customers: int, invoices: int) -> None:
    tenant = make_tenant(ground)
    values = {"tenant": tenant, "customers": customers, "invoices": invoices, "now": _NOW}
    for statement in (_CUSTOMERS, _INVOICES):
        _execute(ground, tenant, statement, values)
    first, written = _timed(lambda: plan_tenant(ground, tenant))
    again, rewritten = _timed(lambda: plan_tenant(ground, tenant))
    _execute(ground, tenant, _MOVE, {})
    moved, _ = _timed(lambda: plan_tenant(ground, tenant))
    verdict = "met" if first < _TARGET_SECONDS and rewritten == 0 else "MISSED"
    print(
        f"{number + 1:<5}{written:>10}{first:>9.2f}{again:>9.2f}{moved:>9.2f}{_pure(ground, tenant):>8.2f}"
        f"   target under {_TARGET_SECONDS:.0f} s, nothing rewritten: {verdict}"
    )


def _pure(ground: Ground, tenant: UUID) -> float:
    with ground.database.tenant(tenant) as session:
        cadence = planning_cadence(session, _NOW)
        situation = load_situation(session, cadence=cadence, stored=(), zone="Europe/London", now=_NOW)
    return _timed(lambda: len(plan(situation)))[0]


def _timed(act: Callable[[], int]) -> tuple[float, int]:
    began = time.perf_counter()
    count = act()
    return time.perf_counter() - began, count


def _execute(ground: Ground, tenant: UUID, statement: str, values: dict[str, object]) -> None:
    with ground.database.tenant(tenant) as session:
        session.execute(text(statement), values)


def _environment(database_url: str) -> dict[str, str]:
    return {
        "ENVIRONMENT": "development",
        "PUBLIC_URL": "http://127.0.0.1:8400",
        "SECRET_KEY": "s" * 32,
        "MASTER_KEY": base64.b64encode(b"k" * 32).decode(),
        "DATABASE_URL": database_url,
        "REDIS_URL": "redis://127.0.0.1:9",
        "SMTP_HOST": "127.0.0.1",
        "MAIL_SENDER": "reminders@duemate.example",
    }


if __name__ == "__main__":
    main()
