"""Put a task into the caller's own transaction and ring once it has committed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, cast, select, text
from sqlalchemy.orm import Session

from app.kit.database import after_commit
from app.models import Task, TaskState
from app.tasks.bell import ring

# A ring that is lost costs the sweeper's next round, so nothing waits for it.
_RING_AT_ONCE = timedelta(seconds=1)
# What is running now has had its time; the next one is what is asked for first.
_ENQUEUE = text("""
    INSERT INTO task (id, kind, tenant_id, subject_id, key, run_at, state, run_again, attempts)
    SELECT gen_random_uuid(), :kind, w.tenant_id, w.subject_id, w.key, :run_at, 'waiting', false, 0
    FROM unnest(CAST(:keys AS text[]), CAST(:tenants AS uuid[]), CAST(:subjects AS uuid[]))
        AS w(key, tenant_id, subject_id)
    ON CONFLICT (key) DO UPDATE SET
        run_at = CASE WHEN task.state = 'parked' OR (task.state = 'leased' AND NOT task.run_again)
            THEN excluded.run_at ELSE least(task.run_at, excluded.run_at) END,
        state = CASE WHEN task.state = 'parked' THEN 'waiting' ELSE task.state END,
        attempts = CASE WHEN task.state = 'parked' THEN 0 ELSE task.attempts END,
        run_again = task.run_again OR task.state = 'leased',
        rung_at = NULL
    RETURNING id
""")


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
    is_waited_for: bool = False,
) -> None:
    """Add a task to this unit of work; it exists if and only if the unit commits.

    With a `key` there is at most one unfinished task of that key: a second call brings its time forward,
    wakes it if it was parked, and makes a running one run once more. One that somebody sits before and waits for
    (`is_waited_for`) is begun before all others that are due.
    """
    wanted = Wanted(key, tenant_id, subject_id)
    enqueue_all(session, [wanted], kind=kind, run_at=run_at, now=now, is_waited_for=is_waited_for)


def enqueue_all(
    session: Session,
    wanted: Collection[Wanted],
    *,
    kind: str,
    run_at: datetime,
    now: datetime,
    is_waited_for: bool = False,
) -> None:
    """`enqueue` for each, in one statement. No key may be there twice.

    Whoever does so for many gives them in the order of their keys, so that no two ever wait in a circle.
    """
    if not wanted:
        return
    columns = {
        "keys": [each.key for each in wanted],
        "tenants": [each.tenant_id for each in wanted],
        "subjects": [each.subject_id for each in wanted],
    }
    task_ids = session.scalars(_ENQUEUE, {**columns, "kind": kind, "run_at": run_at}).all()
    if run_at <= now + _RING_AT_ONCE:
        after_commit(session, lambda: ring(*task_ids, is_waited_for=is_waited_for))


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
