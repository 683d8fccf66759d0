"""kill -9 while a reminder is on its way, at each point where it hurts: in the end exactly one mail arrived.

The point is held open by stopping the line to a vendor there, not by hooks in the product; then the worker process is
killed. Every other step of the way, on each channel: tests/storms/test_reminders_struck.py.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr

from app.models import Reminder, ReminderState
from app.reminders.confirming import confirm
from app.tasks import kinds
from app.tasks.worker import run_task
from tests.reminders.journey import Journey
from tests.reminders.stalling import StallingLine
from tests.sandbox.client import SandboxClient, wait_until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def one(journey: Journey) -> Reminder:
    """A confirmed reminder that is due, with its dispatch asked for and not begun."""
    wanted = next(r for r in journey.due_today() if r.reason_code == "first_list")
    with journey.ground.database.tenant(journey.tenant_id) as session:
        confirm(session, [wanted.id], now=journey.ground.clock.now())
    run_task(journey.ground, waiting_task(journey, kinds.PLAN))
    return wanted


@pytest.mark.parametrize(
    ("stall", "has_arrived"),
    [
        ({"server_says": b"220 "}, False),
        ({"client_says": b"mail FROM:"}, False),
        ({"client_says": b"DATA\r\n"}, False),
        ({"server_says": b"354 "}, False),
        ({"client_says": b"Subject: "}, False),
        ({"server_says": b"queued as"}, True),
    ],
    ids=[
        "at the greeting",
        "at the sender",
        "at DATA",
        "before the content",
        "in the content",
        "after acceptance",
    ],
)
def test_killed_while_the_mail_is_handed_over(
    journey: Journey, one: Reminder, sandbox: SandboxClient, stall: dict[str, bytes], has_arrived: bool
) -> None:
    line = StallingLine(sandbox.smtp_port, **stall)
    with worker(journey, smtp_port=str(line.port)):
        assert line.stalled.wait(60)
    line.close()
    assert (state(journey, one), messages(journey, one)) == ("sending", ["sending"])
    assert len(journey.inbox()) == int(has_arrived)
    assert_one_mail_in_the_end(journey, one)


def test_a_worker_that_slept_through_its_lease_sends_nothing_when_it_wakes(
    journey: Journey, one: Reminder
) -> None:
    journey.sandbox.fault("xero", "latency", value=3, match="Invoices")
    process = start_worker(journey)
    wait_until(lambda: state(journey, one) == "sending", within_seconds=60)
    process.send_signal(signal.SIGSTOP)
    assert messages(journey, one) == []
    assert_one_mail_in_the_end(journey, one)
    process.send_signal(signal.SIGCONT)
    process.wait(60)
    assert len(journey.inbox()) == 1
    assert (state(journey, one), messages(journey, one)) == ("sent", ["sent"])


def assert_one_mail_in_the_end(journey: Journey, one: Reminder) -> None:
    """After the leases have run out another worker takes over; twice, since an unknown one is asked about."""
    for _ in range(3):
        journey.lapse_leases()
        journey.run()
    assert state(journey, one) == "sent"
    assert len(journey.inbox()) == 1
    assert messages(journey, one)[-1] == "sent"
    assert journey.reminders(ReminderState.SENDING, ReminderState.UNKNOWN) == []


@contextmanager
def worker(journey: Journey, **changes: str) -> Iterator[None]:
    """A worker process doing the dispatch; killed at the end of the block."""
    process = start_worker(journey, **changes)
    try:
        yield
    finally:
        kill(process)


def start_worker(journey: Journey, **changes: str) -> subprocess.Popen[bytes]:
    return start_task(journey, kinds.DISPATCH, **changes)


def start_task(journey: Journey, kind: str, **changes: str) -> subprocess.Popen[bytes]:
    """A worker process doing the waiting task of a kind, with these settings changed."""
    task = waiting_task(journey, kind)
    settings = {name.upper(): value for name, value in changes.items()}
    return subprocess.Popen(worker_command(task), env=environment(journey) | settings, cwd=ROOT)


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(60)


def worker_command(task: UUID) -> list[str]:
    return [sys.executable, "-m", "tests.reminders.killed_worker", str(task)]


def environment(journey: Journey) -> dict[str, str]:
    shown = {
        name.upper(): value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in journey.ground.settings
        if value is not None
    }
    return {**os.environ, **shown, "CLOCK_FILE": str(journey.sandbox.clock_file)}


def waiting_task(journey: Journey, kind: str) -> UUID:
    """The one that is due; a tenant's next planning may be asked for besides, for a later time."""
    ((task_id,),) = journey.rows(
        "SELECT id FROM task WHERE kind = :kind AND state = 'waiting' AND run_at <= :now",
        kind=kind,
        now=journey.ground.clock.now(),
    )
    return UUID(str(task_id))


def state(journey: Journey, one: Reminder) -> str:
    ((found,),) = journey.rows("SELECT state FROM reminder WHERE id = :id", id=one.id)
    return str(found)


def messages(journey: Journey, one: Reminder) -> list[str]:
    found = journey.rows("SELECT state FROM message WHERE reminder_id = :id ORDER BY attempt", id=one.id)
    return [str(value) for (value,) in found]


def is_waiting_for_a_lock(journey: Journey) -> bool:
    ((count,),) = journey.rows("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return bool(count)
