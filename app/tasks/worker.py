"""What a ring makes a worker do: claim the row, run its handler, record how it went."""

import os
import socket
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog

from app.kit.errors import Disconnected, DueMateError, OutcomeUnknown, Paused, Rejected, Retryable
from app.kit.ground import Ground
from app.kit.log import get_log, without_message
from app.tasks import lease
from app.tasks.bell import ring
from app.tasks.handlers import HANDLERS, Assignment
from app.tasks.lease import ClaimedTask, LeaseLost

# After this many failures in a row a task is set aside for a person, so that it cannot block others.
MOST_ATTEMPTS = 10
_UNKNOWN_AGAIN = timedelta(seconds=30)

_log = get_log("tasks")
_ground: dict[str, Ground] = {}


def serve(ground: Ground) -> None:
    """Give this worker process its ground, once, before the first job."""
    _ground["here"] = ground


def run(task_id: str) -> None:
    """The one function RQ calls. A ring for a task that is done or taken is no error."""
    run_task(_ground["here"], UUID(task_id))


def run_task(ground: Ground, task_id: UUID) -> bool:
    """Claim and do one task. False if there was nothing to claim."""
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    with ground.database.platform() as session:
        task = lease.claim(session, task_id, owner=owner, now=ground.clock.now())
    if task is None:
        return False
    with structlog.contextvars.bound_contextvars(
        task=str(task.id), kind=task.kind, tenant=str(task.tenant_id) if task.tenant_id else None
    ):
        try:
            _do(ground, task, owner)
        except LeaseLost:
            _log.warning("task.lease_lost")
    return True


def _do(ground: Ground, task: ClaimedTask, owner: str) -> None:
    def renew() -> None:
        with ground.database.platform() as session:
            lease.renew(session, task.id, owner=owner)

    assignment = Assignment(task.id, task.kind, task.tenant_id, task.subject_id, task.attempts, renew)
    try:
        HANDLERS[task.kind](ground, assignment)
    except LeaseLost:
        raise
    except Exception as failure:  # noqa: BLE001 (every failure is recorded on the row, none is swallowed)
        _record_failure(ground, task, owner, failure)
    else:
        with ground.database.platform() as session:
            runs_again = lease.finish(session, task.id, owner=owner, now=ground.clock.now())
        if runs_again:
            ring(task.id)


def _record_failure(ground: Ground, task: ClaimedTask, owner: str, failure: Exception) -> None:
    now = ground.clock.now()
    reason = failure.reason if isinstance(failure, DueMateError) else type(failure).__name__
    run_at = next_try(failure, attempts=task.attempts, now=now)
    if not isinstance(failure, DueMateError):
        _log.error("task.failed", **without_message(failure))
    with ground.database.platform() as session:
        if run_at is None:
            lease.park(session, task.id, owner=owner, now=now, reason=reason)
        else:
            was_try = not isinstance(failure, Paused)
            lease.postpone(session, task.id, owner=owner, run_at=run_at, reason=reason, was_try=was_try)


def next_try(failure: Exception, *, attempts: int, now: datetime) -> datetime | None:
    """When to try again after `failure`, or None to set the task aside. Pure."""
    if isinstance(failure, Rejected | Disconnected):
        return None
    if isinstance(failure, Retryable):
        return now + failure.after
    if isinstance(failure, OutcomeUnknown):
        return now + _UNKNOWN_AGAIN
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + timedelta(seconds=min(2**attempts, 600))
