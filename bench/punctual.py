"""How punctually single reminders leave that fall due one by one while other work goes on.

    python -m bench.punctual [--seconds 120] [--each 20] [--workers 2] [--fillers 40]

Method: PostgreSQL and Redis (embedded, durable), the sandbox (ledgers and mail server), `duemate ticker` and
`duemate worker` run as processes of their own on this machine. The six businesses of the sandbox, three in each
ledger, are connected through its consent pages, pulled and planned. Of each up to `--each` reminders are confirmed
and made to fall due one by one over `--seconds`, at moments that do not coincide, as those do that wait for a time.
Meanwhile every ten seconds one business is pulled again, and a quarter of `--fillers` other businesses with a
hundred open invoices each, half of which got another due date, is planned again. Each reminder asks the ledger
before it leaves. Measured is from the time at which it is due to the time at which its mail had been handed to the
mail server and that was written down, on the business clock. What has not left half a minute after the last one
was due counts as missed.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from datetime import time as time_of_day
from math import ceil, nan
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from app.kit.embedded.postgres import start_postgres
from app.kit.embedded.redis import start_redis
from app.kit.ground import Ground
from app.kit.migrations import migrate
from app.kit.settings import load_settings
from app.models import Reminder, Task, TaskState
from app.reminders.calendar import next_working_day
from app.reminders.confirming import confirm
from app.reminders.planning import ask_for_dispatch
from app.sync.asking import ask_for_plan, ask_for_pull
from app.sync.connecting import ConnectedTenant
from app.tasks import kinds
from bench.environment import environment
from bench.planner import add_open_invoices, move_due_dates
from tests.connectors.consent import PLACES, connect
from tests.sandbox.client import SandboxClient
from tests.support.sandbox import started_sandbox
from tests.support.tasks import run_due

_TARGET_SECONDS = 10.0
_LEAD, _PATIENCE = timedelta(seconds=20), timedelta(seconds=30)
_BACKGROUND_SECONDS = 10
_WAITS_FOR_ITS_TIME = """
    UPDATE reminder SET state = 'held', reason_code = 'ledger_unreachable', reason = 'The ledger did not answer.',
                        due_at = :due_at
    WHERE id = :id AND state = 'planned'
"""
_OUTCOMES = """
    SELECT r.id, r.state, r.reason_code, m.finished_at FROM reminder r
    LEFT JOIN message m ON m.tenant_id = r.tenant_id AND m.reminder_id = r.id AND m.state = 'sent'
    WHERE r.id = ANY(:ids)
"""


def main() -> None:
    """Run as asked on the command line."""
    arguments = argparse.ArgumentParser(description="Measure how punctually reminders leave.")
    arguments.add_argument("--seconds", type=int, default=120, help="over which reminders fall due")
    arguments.add_argument("--each", type=int, default=20, help="reminders of one business at most")
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--fillers", type=int, default=40, help="businesses that only have to be planned")
    asked, _ = arguments.parse_known_args()
    print((__doc__ or "").partition("Method: ")[2].strip() + "\n")
    with _running() as (ground, sandbox):
        tenants = _connected(ground, sandbox)
        fillers = [add_open_invoices(ground, 50, 2, connected=False) for _ in range(asked.fillers)]
        with _processes("ticker", *["worker"] * asked.workers):
            _wait_for_work(ground, fillers)
            awaited = _let_fall_due(ground, tenants, asked.each, asked.seconds)
            stopped = threading.Event()
            background = threading.Thread(target=_background, args=(ground, tenants, fillers, stopped))
            background.start()
            _wait_until(ground, max(awaited.values()) + _PATIENCE, awaited)
            stopped.set()
            background.join()
        _report(ground, tenants, awaited)


@contextmanager
def _running() -> Iterator[tuple[Ground, SandboxClient]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(start_postgres(folder=folder / "postgres"))
        redis = stack.enter_context(start_redis(folder=folder / "redis"))
        migrate(server.owner_url)
        (folder / "sandbox").mkdir()
        sandbox = stack.enter_context(started_sandbox(folder / "sandbox", "http://127.0.0.1:9"))
        os.environ.update(environment(server.app_url, redis.url, sandbox))
        ground = Ground.from_settings(load_settings(), pool_size=12)
        stack.callback(ground.database.close)
        yield ground, sandbox


def _connected(ground: Ground, sandbox: SandboxClient) -> list[ConnectedTenant]:
    """All businesses of the sandbox, pulled and planned; it is an hour that is decent in London and New York."""
    zone = ZoneInfo("Europe/London")
    day = next_working_day(sandbox.now().astimezone(zone).date())
    sandbox.control("clock", to=datetime.combine(day, time_of_day(16), zone).isoformat())
    tenants = [
        connect(ground, ledger, user=user, organisation=name)
        for ledger, place in PLACES.items()
        for user, name in (
            (place.owner, place.main),
            (place.owner, place.second),
            (place.stranger, place.strangers),
        )
    ]
    run_due(ground)
    sandbox.advance(seconds=120)  # the pulls' calls are forgotten by the limit per minute
    return tenants


def _let_fall_due(
    ground: Ground, tenants: list[ConnectedTenant], each: int, seconds: int
) -> dict[UUID, datetime]:
    """By reminder, when it is due: the businesses take turns."""
    chosen = [(tenant, one) for tenant in tenants for one in _due_of(ground, tenant, each)]
    chosen.sort(key=lambda pair: pair[1])  # ids are random, so the businesses are shuffled
    begin, step = ground.clock.now() + _LEAD, timedelta(seconds=seconds) / len(chosen)
    moments = {one: begin + step * place for place, (_, one) in enumerate(chosen)}
    for tenant in tenants:
        own = [one for whose, one in chosen if whose is tenant]
        with ground.database.tenant(tenant.tenant_id) as session:
            confirm(session, own, now=ground.clock.now())
            for one in own:
                session.execute(text(_WAITS_FOR_ITS_TIME), {"id": one, "due_at": moments[one]})
            ask_for_dispatch(session, tenant.tenant_id, now=ground.clock.now())
    return moments


def _due_of(ground: Ground, tenant: ConnectedTenant, most: int) -> list[UUID]:
    with ground.database.tenant(tenant.tenant_id) as session:
        due = select(Reminder.id).where(
            Reminder.reason_code == "first_list", Reminder.due_at <= ground.clock.now()
        )
        return list(session.scalars(due.limit(most)))


def _wait_for_work(ground: Ground, fillers: list[UUID]) -> None:
    """Until the ticker and the workers are there: they have planned what they were asked to."""
    for filler in fillers:
        _ask_for_plan(ground, filler)
    while _planning_of(ground, fillers):
        time.sleep(0.5)


def _planning_of(ground: Ground, fillers: list[UUID]) -> int:
    """How many plannings of theirs are not done."""
    undone = (Task.tenant_id.in_(fillers), Task.kind == kinds.PLAN, Task.state != TaskState.DONE)
    with ground.database.platform() as session:
        return session.query(Task).filter(*undone).count()


def _ask_for_plan(ground: Ground, tenant_id: UUID) -> None:
    with ground.database.tenant(tenant_id) as session:
        ask_for_plan(session, tenant_id, now=ground.clock.now())


def _background(
    ground: Ground, tenants: list[ConnectedTenant], fillers: list[UUID], stopped: threading.Event
) -> None:
    turn = 0
    while not stopped.wait(_BACKGROUND_SECONDS):
        tenant = tenants[turn % len(tenants)]
        with ground.database.tenant(tenant.tenant_id) as session:
            ask_for_pull(session, tenant.tenant_id, tenant.connection_id, now=ground.clock.now())
        for filler in fillers[turn % 4 :: 4]:
            move_due_dates(ground, filler)
            _ask_for_plan(ground, filler)
        turn += 1


def _wait_until(ground: Ground, end: datetime, awaited: dict[UUID, datetime]) -> None:
    print(f"{len(awaited)} reminders fall due until {max(awaited.values()):%H:%M:%S}", flush=True)
    while (now := ground.clock.now()) < end:
        time.sleep(min(1.0, (end - now).total_seconds()))


def _report(ground: Ground, tenants: list[ConnectedTenant], awaited: dict[UUID, datetime]) -> None:
    late: list[float] = []
    missed: Counter[str] = Counter()
    for tenant in tenants:
        with ground.database.tenant(tenant.tenant_id) as session:
            rows = session.execute(text(_OUTCOMES), {"ids": list(awaited)})
            for reminder_id, state, reason, handed_over_at in rows:
                due_at = awaited[reminder_id]
                if handed_over_at is None:
                    missed[f"{state} {reason or ''}, due {due_at:%H:%M:%S}"] += 1
                else:
                    late.append((handed_over_at - due_at).total_seconds())
    late.sort()
    in_time = sum(0 <= seconds <= _TARGET_SECONDS for seconds in late)
    is_met = in_time >= 0.99 * len(awaited)
    print(f"{'due':>6}{'left':>6}{'p50 s':>8}{'p99 s':>8}{'max s':>8}{'in time':>9}")
    print(
        f"{len(awaited):>6}{len(late):>6}{_part(late, 0.5):>8.2f}{_part(late, 0.99):>8.2f}{_part(late, 1):>8.2f}"
        f"{in_time / len(awaited):>9.1%}   target 99 % within {_TARGET_SECONDS:.0f} s: {'met' if is_met else 'MISSED'}"
    )
    for what, number in missed.items():
        print(f"did not leave: {number} {what}")


def _part(ordered: list[float], share: float) -> float:
    """The smallest figure that so large a share does not exceed."""
    return ordered[ceil(share * len(ordered)) - 1] if ordered else nan


@contextmanager
def _processes(*names: str) -> Iterator[None]:
    command = Path(sys.executable).with_name("duemate")
    running = [subprocess.Popen([command, name]) for name in names]
    try:
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(30)


if __name__ == "__main__":
    main()
