"""How the rooms of syncing ask for work: at most one waiting pull per connection, one waiting plan per tenant."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.models import SyncCursor
from app.sync.due import QUIET_EVERY
from app.tasks import kinds
from app.tasks.queue import Wanted, about_to_run, enqueue, enqueue_all


def ask_for_pull(
    session: Session, tenant_id: UUID, connection_id: UUID, *, now: datetime, run_at: datetime | None = None
) -> None:
    """A pull of one connection, now or at `run_at`; one that waits is brought forward, a running one runs again."""
    enqueue(
        session,
        kind=kinds.SYNC_PULL,
        tenant_id=tenant_id,
        subject_id=connection_id,
        key=_pull_key(connection_id),
        run_at=run_at or now,
        now=now,
    )


def ask_for_everything(session: Session, tenant_id: UUID, connection_id: UUID, *, now: datetime) -> None:
    """A pull now that spares nothing: what was read within the hour is asked for again too."""
    back = {SyncCursor.changed_since: SyncCursor.changed_since - QUIET_EVERY}
    session.execute(update(SyncCursor).where(SyncCursor.connection_id == connection_id).values(back))
    ask_for_pull(session, tenant_id, connection_id, now=now)


def ask_for_pulls(session: Session, connections: Iterable[tuple[UUID, UUID]], *, now: datetime) -> None:
    """A pull of each connection (tenant, connection) now, except where one is about to begin anyway."""
    by_key = {_pull_key(connection): (tenant, connection) for tenant, connection in connections}
    needed = sorted(by_key.keys() - about_to_run(session, by_key.keys(), now=now))
    wanted = [Wanted(key, *by_key[key]) for key in needed]
    enqueue_all(session, wanted, kind=kinds.SYNC_PULL, run_at=now, now=now)


def ask_for_plan(session: Session, tenant_id: UUID, *, now: datetime) -> None:
    """A new plan of the tenant's reminders, from what the mirror says now."""
    key = f"{kinds.PLAN}:{tenant_id}"
    enqueue(session, kind=kinds.PLAN, tenant_id=tenant_id, key=key, run_at=now, now=now)


def _pull_key(connection_id: UUID) -> str:
    return f"{kinds.SYNC_PULL}:{connection_id}"
