"""The durable task and the inbox of machines: rows that cross tenants and hold ids only."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Timestamp, state_column


class TaskState(StrEnum):
    """Waiting for its time, leased by a worker, done, or parked until a person looks."""

    WAITING = "waiting"
    LEASED = "leased"
    DONE = "done"
    PARKED = "parked"


class Task(Base):
    """Something to do, once, whatever crashes. PostgreSQL is the truth; Redis only rings (law 1)."""

    __tablename__ = "task"
    __table_args__ = (
        # The sweeper reads waiting rows by time and leased rows by lease.
        Index(None, "run_at", postgresql_where=text("state = 'waiting'")),
        Index(None, "lease_until", postgresql_where=text("state = 'leased'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tenant_id: Mapped[UUID | None]
    kind: Mapped[str]
    subject_id: Mapped[UUID | None]
    key: Mapped[str | None] = mapped_column(unique=True)
    """At most one unfinished task has a key; a finished one gives it up."""
    state: Mapped[TaskState] = state_column(TaskState, default=TaskState.WAITING)
    run_at: Mapped[datetime] = mapped_column(Timestamp)
    """By the injected clock, which a demo may move."""
    run_again: Mapped[bool] = mapped_column(default=False)
    """Asked for once more while it was leased: it runs again instead of finishing."""
    lease_until: Mapped[datetime | None] = mapped_column(Timestamp)
    """By the database's wall clock: leases measure how long a worker has been silent."""
    owner: Mapped[str | None]
    rung_at: Mapped[datetime | None] = mapped_column(Timestamp)
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=text("now()"))
    finished_at: Mapped[datetime | None] = mapped_column(Timestamp)


class Schedule(Base):
    """When a periodic job was last started, so that no two tickers start it twice."""

    __tablename__ = "schedule"

    name: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(Timestamp)


class InboundEvent(Base):
    """A vendor's webhook event, stored before it is answered. Ids only: the facts are fetched afterwards."""

    __tablename__ = "inbound_event"
    __table_args__ = (UniqueConstraint("source", "external_key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    source: Mapped[str]
    external_key: Mapped[str]
    """What makes the event the same when it is delivered again."""
    kind: Mapped[str]
    outside_org: Mapped[str]
    """The vendor's id of the organisation or account it is about."""
    subject: Mapped[str]
    """The vendor's id of the record that changed."""
    received_at: Mapped[datetime] = mapped_column(Timestamp)
    handled_at: Mapped[datetime | None] = mapped_column(Timestamp)
