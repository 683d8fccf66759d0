"""Entries that are not finished and that nobody works on: their task met a dead connection, or is gone."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Connection, ConnectionState, Task, TaskState, WriteBack, WriteBackState
from app.payments.write_back_rows import task_key, wake

_UNFINISHED = (
    WriteBackState.WAITING,
    WriteBackState.SENDING,
    WriteBackState.UNKNOWN,
    WriteBackState.UNDOING,
)


def wake_left_behind(session: Session, *, now: datetime) -> None:
    """Let them be worked on again, if the ledger can be asked."""
    if not session.scalars(select(Connection).where(Connection.state == ConnectionState.ACTIVE)).first():
        return
    unfinished = select(WriteBack).where(WriteBack.state.in_(_UNFINISHED), WriteBack.leader_id.is_(None))
    rows = session.scalars(unfinished).all()
    busy = _with_live_task(session, [row.id for row in rows])
    for row in rows:
        if row.id not in busy:
            wake(session, row, now=now)


def _with_live_task(session: Session, row_ids: Sequence[UUID]) -> set[UUID]:
    by_key = {task_key(row_id): row_id for row_id in row_ids}
    keys = session.scalars(
        select(Task.key).where(
            Task.key.in_(list(by_key)), Task.state.in_([TaskState.WAITING, TaskState.LEASED])
        )
    )
    return {by_key[key] for key in keys if key is not None}
