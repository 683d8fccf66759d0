"""What a mail vendor tells of mails: kept before it is answered, applied once by a task."""

import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import and_, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.channels.base import Meaning
from app.channels.email.ses_events import MailEvent as Told
from app.channels.email.ses_events import MailFact, as_told
from app.channels.registry import EMAIL
from app.kit.database import tenant_of
from app.kit.ground import Ground
from app.kit.sealing import Sealer
from app.models import CadenceStep, Delivery, MailEvent, Message, Reminder, Tenant
from app.payments.opting_out import keep_wish
from app.reminders.consequences import draw
from app.reminders.contacts import mark_dead, remember_dead
from app.reminders.copies import opened_copies
from app.reminders.payment_mail_events import apply_to_payment_mail
from app.reminders.receipts import record_receipt
from app.reminders.step_texts import copies_of
from app.tasks import kinds
from app.tasks.queue import enqueue

RECIPIENTS_COLUMN = "mail_event.recipients"
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


def keep_event(session: Session, ground: Ground, told: Told, *, external_id: str, now: datetime) -> None:
    """Store it in this unit of work, once, and ask for it to be applied. One of nobody's is passed over."""
    tenant_id = tenant_of(session)
    if session.scalar(select(Tenant.id)) is None:
        return
    new_id = uuid4()
    recipients = json.dumps(told.recipients) if told.recipients else None
    row_id = session.scalar(
        insert(MailEvent)
        .values(
            tenant_id=tenant_id,
            id=new_id,
            external_id=external_id,
            marker=str(told.marker),
            vendor_id=told.vendor_id,
            fact=told.fact.value,
            code=told.code,
            recipients_sealed=recipients
            and ground.sealer(session).seal(recipients, column=RECIPIENTS_COLUMN, row=new_id),
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
    told = _told_of(ground.sealer(session), event)
    if message is not None:
        beside = _readers_beside(ground.sealer(session), message)
        copies = tuple(beside[one] for one in dict.fromkeys(told) if one in beside)
        _apply_to_copies(session, ground, message, fact, copies, now=now)
        # What became of readers beside the recipient is not the mail's.
        if not told or not beside.keys() >= set(told):
            _apply_to_mail(session, ground, message, event, now=now)
    else:
        apply_to_payment_mail(session, ground, event, told, source=COMPLAINT, now=now)
    event.applied_at = now
    session.execute(
        delete(MailEvent).where(MailEvent.received_at < now - _KEPT, MailEvent.applied_at.is_not(None))
    )


def _apply_to_mail(
    session: Session, ground: Ground, message: Message, event: MailEvent, *, now: datetime
) -> None:
    fact = MailFact(event.fact)
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


def _readers_beside(sealer: Sealer, message: Message) -> dict[str, str]:
    """Everybody who got the mail beside its recipient: the address as events name it, and as we have it."""
    copies = opened_copies(sealer, message)
    return {as_told(one): one for one in (*copies.to, *copies.cc, *copies.bcc)}


def _told_of(sealer: Sealer, event: MailEvent) -> tuple[str, ...]:
    """The addresses that the vendor names; nobody where it names none."""
    if event.recipients_sealed is None:
        return ()
    return tuple(json.loads(sealer.open(event.recipients_sealed, column=RECIPIENTS_COLUMN, row=event.id)))


def _apply_to_copies(
    session: Session,
    ground: Ground,
    message: Message,
    fact: MailFact,
    copies: tuple[str, ...],
    *,
    now: datetime,
) -> None:
    """An address that nothing reaches, or whose owner complains, gets no further mail. Others go on getting theirs."""
    if not copies or fact not in (MailFact.BOUNCED, MailFact.COMPLAINED):
        return
    customer_id = session.scalars(
        select(Reminder.customer_id).where(Reminder.id == message.reminder_id)
    ).one()
    ours = {address.lower() for address in _our_own_copies(session, ground, message)}
    for address in copies:
        if (
            not mark_dead(session, ground.sealer(session), customer_id, address, now=now)
            and address.lower() not in ours
        ):
            remember_dead(session, ground.sealer(session), customer_id, address, now=now)


def _our_own_copies(session: Session, ground: Ground, message: Message) -> tuple[str, ...]:
    """Addresses of the business itself: those that the step names."""
    step = session.scalars(
        select(CadenceStep)
        .join(
            Reminder,
            and_(Reminder.tenant_id == CadenceStep.tenant_id, Reminder.step_id == CadenceStep.id),
        )
        .where(Reminder.id == message.reminder_id)
    ).one()
    return copies_of(step, ground.sealer(session))


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
    keep_wish(session, customer_id, EMAIL, source=COMPLAINT, now=now)
