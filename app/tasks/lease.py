"""Claim, renew and finish a task by conditional updates: whoever changes the row owns it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

LEASE_SECONDS = 60


class LeaseLost(Exception):
    """Another worker has the task now; whatever this one was doing must not be recorded."""


@dataclass(frozen=True)
class ClaimedTask:
    """The columns of a task that a worker needs, read while claiming it."""

    id: UUID
    kind: str
    tenant_id: UUID | None
    subject_id: UUID | None
    attempts: int


def claim(session: Session, task_id: UUID, *, owner: str, now: datetime) -> ClaimedTask | None:
    """Lease a due task. None if it is done, not due, or leased by a live worker.

    `now` is the injected clock's; leases run on the database's own clock.
    """
    row = session.execute(
        text(
            "UPDATE task SET state = 'leased', owner = :owner, attempts = attempts + 1, run_again = false, "
            "lease_until = now() + make_interval(secs => :lease) "
            "WHERE id = :id AND ((state = 'waiting' AND run_at <= :now) "
            "OR (state = 'leased' AND lease_until < now())) "
            "RETURNING id, kind, tenant_id, subject_id, attempts"
        ),
        {"id": task_id, "owner": owner, "now": now, "lease": LEASE_SECONDS},
    ).one_or_none()
    return ClaimedTask(*row) if row else None


def renew(session: Session, task_id: UUID, *, owner: str) -> None:
    """Extend the lease from now. Raises LeaseLost if it is not ours any more."""
    changed = session.execute(
        text(
            "UPDATE task SET lease_until = now() + make_interval(secs => :lease) "
            "WHERE id = :id AND state = 'leased' AND owner = :owner"
        ),
        {"id": task_id, "owner": owner, "lease": LEASE_SECONDS},
    )
    _require_one(changed)


def finish(session: Session, task_id: UUID, *, owner: str, now: datetime) -> bool:
    """Mark done and give up the key; or wait again if it was asked for meanwhile. True if it runs again."""
    changed = session.execute(
        text(
            "UPDATE task SET state = CASE WHEN run_again THEN 'waiting' ELSE 'done' END, "
            "key = CASE WHEN run_again THEN key END, attempts = CASE WHEN run_again THEN 0 ELSE attempts END, "
            "finished_at = CASE WHEN NOT run_again THEN CAST(:now AS timestamptz) END, "
            "reason = NULL, owner = NULL, lease_until = NULL, rung_at = NULL "
            "WHERE id = :id AND state = 'leased' AND owner = :owner RETURNING state"
        ),
        {"id": task_id, "owner": owner, "now": now},
    ).one_or_none()
    if changed is None:
        raise LeaseLost
    return bool(changed.state == "waiting")


def postpone(
    session: Session, task_id: UUID, *, owner: str, run_at: datetime, reason: str, was_try: bool = True
) -> None:
    """Wait again until `run_at`. What was no try is not counted as one."""
    _leave(session, task_id, owner=owner, state="waiting", reason=reason, run_at=run_at, was_try=was_try)


def park(session: Session, task_id: UUID, *, owner: str, now: datetime, reason: str) -> None:
    """Set aside, visibly, until a person (or the event that mends it) wakes it."""
    _leave(session, task_id, owner=owner, state="parked", reason=reason, run_at=now, was_try=True)


def _leave(
    session: Session,
    task_id: UUID,
    *,
    owner: str,
    state: str,
    reason: str,
    run_at: datetime,
    was_try: bool,
) -> None:
    changed = session.execute(
        text(
            "UPDATE task SET state = :state, reason = :reason, run_at = :run_at, owner = NULL, "
            "attempts = attempts - :untried, lease_until = NULL, rung_at = NULL "
            "WHERE id = :id AND state = 'leased' AND owner = :owner"
        ),
        {
            "id": task_id,
            "owner": owner,
            "state": state,
            "reason": reason,
            "run_at": run_at,
            "untried": 0 if was_try else 1,
        },
    )
    _require_one(changed)


def _require_one(changed: object) -> None:
    if getattr(changed, "rowcount", 0) != 1:
        raise LeaseLost
