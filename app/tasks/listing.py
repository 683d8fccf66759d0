"""What an operator sees of the durable tasks. Ids and reasons only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Task, TaskState


@dataclass(frozen=True)
class TaskLine:
    """One unfinished task."""

    id: UUID
    kind: str
    state: str
    run_at: datetime
    attempts: int
    tenant_id: UUID | None
    reason: str | None


def unfinished(session: Session, *, state: TaskState | None = None, limit: int = 200) -> list[TaskLine]:
    """Waiting, leased and parked tasks, those that need a person first."""
    shown = [TaskState.PARKED, TaskState.LEASED, TaskState.WAITING] if state is None else [state]
    rows = session.scalars(
        select(Task)
        .where(Task.state.in_(shown))
        .order_by(Task.state != TaskState.PARKED, Task.run_at)
        .limit(limit)
    )
    return [
        TaskLine(row.id, row.kind, row.state.value, row.run_at, row.attempts, row.tenant_id, row.reason)
        for row in rows
    ]
