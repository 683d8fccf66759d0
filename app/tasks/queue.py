"""Put a task into the caller's own transaction and ring once it has committed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, Text, any_, case, cast, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.database import after_commit
from app.models import Task, TaskState
from app.tasks.bell import ring

# A ring that is lost costs the sweeper's next round, so nothing waits for it.
_RING_AT_ONCE = timedelta(seconds=1)


def enqueue(
    session: Session,
    *,
    kind: str,
    run_at: datetime,
    now: datetime,
    tenant_id: UUID | None = None,
    subject_id: UUID | None = None,
    key: str | None = None,
) -> None:
    """Add a task to this unit of work; it exists if and only if the unit commits.

    With a `key` there is at most one unfinished task of that key: a second call brings its time forward,
    wakes it if it was parked, and makes a running one run once more.
    """
    statement = insert(Task).values(
        id=uuid4(),
        kind=kind,
        tenant_id=tenant_id,
        subject_id=subject_id,
        key=key,
        run_at=run_at,
        state=TaskState.WAITING,
        run_again=False,
        attempts=0,
    )
    if key is not None:
        statement = statement.on_conflict_do_update(
            index_elements=[Task.key], set_=_wake(statement.excluded.run_at)
        )
    task_id = session.scalar(statement.returning(Task.id))
    if task_id is not None and run_at <= now + _RING_AT_ONCE:
        after_commit(session, lambda: ring(task_id))


def about_to_run(session: Session, keys: Iterable[str], *, now: datetime) -> set[str]:
    """Those keys whose task is due and begins, or begins again, later than this question: asking is not needed."""
    found = session.scalars(
        select(Task.key).where(
            Task.key == any_(cast(list(keys), ARRAY(Text))),
            Task.run_at <= now,
            (Task.state == TaskState.WAITING) | ((Task.state == TaskState.LEASED) & Task.run_again),
        )
    )
    return {key for key in found if key is not None}


def _wake(run_at: object) -> dict[str, object]:
    is_parked = Task.state == TaskState.PARKED
    is_leased = Task.state == TaskState.LEASED
    return {
        # What is running now has had its time; the next one is what is asked for first.
        "run_at": case(
            (is_parked | (is_leased & ~Task.run_again), run_at), else_=func.least(Task.run_at, run_at)
        ),
        "state": case((is_parked, TaskState.WAITING), else_=Task.state),
        "attempts": case((is_parked, 0), else_=Task.attempts),
        "run_again": Task.run_again | is_leased,
        "rung_at": None,
    }


def retry(session: Session, task_id: UUID, *, now: datetime) -> bool:
    """Let a parked or waiting task run now. False if there is no such unfinished task."""
    changed = session.execute(
        text(
            "UPDATE task SET state = 'waiting', run_at = :now, attempts = 0, rung_at = NULL "
            "WHERE id = :id AND state IN ('waiting', 'parked')"
        ),
        {"id": task_id, "now": now},
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        return False
    after_commit(session, lambda: ring(task_id))
    return True
