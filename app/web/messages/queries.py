"""One reminder with its facts and every attempt to deliver it, opened for this page only."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.kit.errors import NotFound
from app.kit.ground import Ground
from app.kit.sealing import Sealer
from app.models import CadenceStep, Customer, Delivery, Message, MessageState, Reminder, ReminderState
from app.reminders.addresses import Addressed
from app.reminders.copies import opened_copies
from app.reminders.delivering_rows import CONTENT_COLUMN, RECIPIENT_COLUMN


@dataclass(frozen=True)
class ReminderPage:
    """What is known of one reminder."""

    id: UUID
    customer_id: UUID
    customer_name: str
    currency: str
    state: ReminderState
    reason: str | None
    send_on: date
    due_at: datetime
    decided_at: datetime | None
    confirmed_at: datetime | None
    offset_days: int
    facts: dict[str, Any] | None


@dataclass(frozen=True)
class Attempt:
    """One message as it left."""

    attempt: int
    state: MessageState
    started_at: datetime
    vendor_id: str | None
    reason: str | None
    channel: str
    delivery: Delivery | None
    delivery_code: str | None
    delivery_at: datetime | None
    recipient: str = field(repr=False)
    copies: Addressed = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)


def reminder(session: Session, reminder_id: UUID) -> ReminderPage:
    """Raises NotFound for an unknown reminder and for another organisation's alike."""
    row = session.execute(
        select(
            Reminder.id,
            Reminder.customer_id,
            Customer.name.label("customer_name"),
            Reminder.currency,
            Reminder.state,
            Reminder.reason,
            Reminder.send_on,
            Reminder.due_at,
            Reminder.decided_at,
            Reminder.confirmed_at,
            CadenceStep.offset_days,
            Reminder.facts,
        )
        .join(Customer, and_(Customer.tenant_id == Reminder.tenant_id, Customer.id == Reminder.customer_id))
        .join(
            CadenceStep, and_(CadenceStep.tenant_id == Reminder.tenant_id, CadenceStep.id == Reminder.step_id)
        )
        .where(Reminder.id == reminder_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such reminder here.")
    return ReminderPage(**row._asdict())


def attempts(ground: Ground, session: Session, reminder_id: UUID) -> list[Attempt]:
    """The messages of a reminder, latest first."""
    rows = session.scalars(
        select(Message).where(Message.reminder_id == reminder_id).order_by(Message.attempt.desc())
    )
    sealer = ground.sealer(session)
    return [_opened(sealer, row) for row in rows]


def _opened(sealer: Sealer, row: Message) -> Attempt:
    content = json.loads(sealer.open(row.content_sealed, column=CONTENT_COLUMN, row=row.id))
    return Attempt(
        attempt=row.attempt,
        state=row.state,
        started_at=row.started_at,
        vendor_id=row.vendor_id,
        reason=row.reason,
        channel=row.channel,
        delivery=row.delivery,
        delivery_code=row.delivery_code,
        delivery_at=row.delivery_at,
        copies=opened_copies(sealer, row),
        recipient=sealer.open(row.recipient_sealed, column=RECIPIENT_COLUMN, row=row.id),
        subject=str(content["subject"]),
        text=str(content["text"]),
        html=str(content["html"] or ""),
    )
