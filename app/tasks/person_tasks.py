"""What waits for a person, not for a worker: asked for once, put off, done by somebody or settled by itself."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import NotFound
from app.models import Customer, PersonTask, PersonTaskKind


@dataclass(frozen=True, slots=True)
class NewTask:
    """What a person is asked, about whom. `words` is a sentence without names."""

    kind: PersonTaskKind
    customer_id: UUID
    subject_id: UUID
    words: str
    currency: str | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task as a list shows it."""

    id: UUID
    kind: PersonTaskKind
    customer_id: UUID
    customer_name: str
    subject_id: UUID
    currency: str | None
    amount: Decimal | None
    words: str
    created_at: datetime


def ask(session: Session, task: NewTask, *, now: datetime) -> None:
    """Ask for it; while it is open the same task is only worded anew."""
    insertion = insert(PersonTask).values(
        tenant_id=tenant_of(session),
        id=uuid4(),
        kind=task.kind,
        customer_id=task.customer_id,
        subject_id=task.subject_id,
        currency=task.currency,
        amount=task.amount,
        words=task.words,
        created_at=now,
    )
    session.execute(
        insertion.on_conflict_do_update(
            index_elements=["tenant_id", "kind", "subject_id", "currency"],
            index_where=PersonTask.done_at.is_(None),
            set_={"words": insertion.excluded.words, "amount": insertion.excluded.amount},
        )
    )


def finish(
    session: Session,
    subject_ids: Collection[UUID],
    *,
    kind: PersonTaskKind,
    now: datetime,
    by: UUID | None = None,
    currency: str | None = None,
) -> None:
    """Whatever is open of this kind about these is done; `by` names the user, if it was one."""
    of_currency = PersonTask.currency == currency if currency else PersonTask.id.is_not(None)
    session.execute(
        update(PersonTask)
        .where(
            PersonTask.kind == kind,
            PersonTask.subject_id.in_(subject_ids),
            PersonTask.done_at.is_(None),
            of_currency,
        )
        .values(done_at=now, done_by=by)
    )


def mark_done(session: Session, task_id: UUID, *, by: UUID, now: datetime) -> None:
    """A person did it. Raises NotFound if it is not there or is done."""
    task = open_task(session, task_id)
    task.done_at, task.done_by = now, by


def snooze(session: Session, task_id: UUID, *, until: date) -> None:
    """Out of sight until that day. Raises NotFound if it is not there or is done."""
    open_task(session, task_id).snoozed_until = until


def open_task(session: Session, task_id: UUID) -> PersonTask:
    """The task, locked. Raises NotFound if it is not there or is done."""
    found = session.scalar(
        select(PersonTask).where(PersonTask.id == task_id, PersonTask.done_at.is_(None)).with_for_update()
    )
    if found is None:
        raise NotFound("That has been taken care of already.")
    return found


def open_tasks(
    session: Session, *, today: date, most: int, customer_id: UUID | None = None
) -> list[OpenTask]:
    """What is not done and not put off, the oldest first."""
    same = and_(Customer.tenant_id == PersonTask.tenant_id, Customer.id == PersonTask.customer_id)
    rows = session.execute(
        select(
            PersonTask.id,
            PersonTask.kind,
            PersonTask.customer_id,
            Customer.name,
            PersonTask.subject_id,
            PersonTask.currency,
            PersonTask.amount,
            PersonTask.words,
            PersonTask.created_at,
        )
        .join(Customer, same)
        .where(
            _is_shown(today),
            PersonTask.customer_id == customer_id if customer_id else Customer.id.is_not(None),
        )
        .order_by(PersonTask.created_at, PersonTask.id)
        .limit(most)
    )
    return [OpenTask(*row) for row in rows]


def count_open(session: Session, *, today: date) -> int:
    """How many wait for a person now."""
    return session.scalar(select(func.count()).select_from(PersonTask).where(_is_shown(today))) or 0


def _is_shown(today: date) -> ColumnElement[bool]:
    is_awake = or_(PersonTask.snoozed_until.is_(None), PersonTask.snoozed_until <= today)
    return and_(PersonTask.done_at.is_(None), is_awake)
