"""Put a task into the caller's own transaction and ring once it has committed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """A task to be. Without a key there is no limit to how many of them there are."""

    key: str | None
    tenant_id: UUID | None
    subject_id: UUID | None


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
    wanted = Wanted(key, tenant_id, subject_id)
    enqueue_all(session, [wanted], kind=kind, run_at=run_at, now=now)


def enqueue_all(
    session: Session, wanted: Collection[Wanted], *, kind: str, run_at: datetime, now: datetime
) -> None:
    """`enqueue` for each, in one statement. No key may be there twice.

    Whoever does so for many gives them in the order of their keys, so that no two ever wait in a circle.
    """
    if not wanted:
        return
    statement = insert(Task).values([_row(each, kind, run_at) for each in wanted])
    statement = statement.on_conflict_do_update(
        index_elements=[Task.key], set_=_wake(statement.excluded.run_at)
    )
    task_ids = session.scalars(statement.returning(Task.id)).all()
    if run_at <= now + _RING_AT_ONCE:
        after_commit(session, lambda: ring(*task_ids))


def _row(wanted: Wanted, kind: str, run_at: datetime) -> dict[str, object]:
    return {
        "id": uuid4(),
        "kind": kind,
        "tenant_id": wanted.tenant_id,
        "subject_id": wanted.subject_id,
        "key": wanted.key,
        "run_at": run_at,
        "state": TaskState.WAITING,
        "run_again": False,
        "attempts": 0,
    }


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
