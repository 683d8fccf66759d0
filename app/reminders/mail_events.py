"""What a mail vendor tells of mails: kept before it is answered, applied once by a task."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.channels.base import Meaning
from app.channels.email.ses_events import MailEvent as Told
from app.channels.email.ses_events import MailFact
from app.channels.registry import EMAIL
from app.kit.database import tenant_of
from app.kit.ground import Ground
from app.models import Delivery, MailEvent, Message, OptOut, Reminder, Tenant
from app.reminders.consequences import draw
from app.reminders.receipts import record_receipt
from app.tasks import kinds
from app.tasks.queue import enqueue

COMPLAINT = "complaint"
"""Source of an opt-out: the customer reported a mail as unwanted."""
# As long as other vendors' events are remembered, so that a late repeat is told from news.
_KEPT = timedelta(days=35)
_OUTCOMES = {
    MailFact.TAKEN: None,
    MailFact.DELIVERED: Delivery.DELIVERED,
    MailFact.BOUNCED: Delivery.BOUNCED,
    MailFact.NOT_DELIVERED: Delivery.UNDELIVERED,
    MailFact.COMPLAINED: Delivery.COMPLAINED,
}
_CAME_BACK = "The mail came back: nothing arrives at this address. Put another one into the ledger."
_NOT_THIS_TIME = "The mail could not be delivered this time."


def keep_event(session: Session, told: Told, *, external_id: str, now: datetime) -> None:
    """Store it in this unit of work, once, and ask for it to be applied. One of nobody's is passed over."""
    tenant_id = tenant_of(session)
    if session.scalar(select(Tenant.id)) is None:
        return
    row_id = session.scalar(
        insert(MailEvent)
        .values(
            tenant_id=tenant_id,
            id=uuid4(),
            external_id=external_id,
            marker=str(told.marker),
            vendor_id=told.vendor_id,
            fact=told.fact.value,
            code=told.code,
            happened_at=told.happened_at,
            received_at=now,
        )
        .on_conflict_do_nothing()
        .returning(MailEvent.id)
    )
    if row_id is not None:
        enqueue(
            session, kind=kinds.APPLY_MAIL_EVENT, tenant_id=tenant_id, subject_id=row_id, run_at=now, now=now
        )


def apply_event(session: Session, ground: Ground, event_id: UUID, *, now: datetime) -> None:
    """Put what was told on the message, its customer and the way there. A second time changes nothing."""
    event = session.scalars(select(MailEvent).where(MailEvent.id == event_id).with_for_update()).one_or_none()
    if event is None or event.applied_at is not None:
        return
    fact, message = MailFact(event.fact), _message(session, event.marker)
    if message is not None:
        if fact is MailFact.BOUNCED:
            note_dead_address(session, ground, message.id, code=event.code or "bounced", now=now)
        if fact is MailFact.COMPLAINED:
            _note_complaint(session, message, now=now)
        record_receipt(
            session,
            channel=EMAIL,
            vendor_id=event.vendor_id,
            marker=event.marker,
            outcome=_OUTCOMES[fact],
            code=event.code,
            reason=_CAME_BACK if fact is MailFact.BOUNCED else _NOT_THIS_TIME,
            at=event.happened_at,
            now=now,
        )
    event.applied_at = now
    session.execute(
        delete(MailEvent).where(MailEvent.received_at < now - _KEPT, MailEvent.applied_at.is_not(None))
    )


def note_dead_address(
    session: Session, ground: Ground, message_id: UUID, *, code: str, now: datetime
) -> None:
    """Nothing arrives where this message went."""
    draw(session, ground, message_id, Meaning.BAD_ADDRESS, code=code, reason=_CAME_BACK, now=now)


def _message(session: Session, marker: str) -> Message | None:
    return session.scalars(
        select(Message).where(Message.channel == EMAIL, Message.marker == marker)
    ).one_or_none()


def _note_complaint(session: Session, message: Message, *, now: datetime) -> None:
    customer_id = session.scalars(
        select(Reminder.customer_id).where(Reminder.id == message.reminder_id)
    ).one()
    session.execute(
        insert(OptOut)
        .values(
            tenant_id=tenant_of(session),
            id=uuid4(),
            customer_id=customer_id,
            channel=EMAIL,
            source=COMPLAINT,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )
