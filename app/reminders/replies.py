"""An answer from a customer: taken in once, read, and what follows from it.

A person's words hold this customer's reminders for a while, whatever they say: it is for the business to read them.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.channels.registry import EMAIL
from app.kit.database import tenant_of
from app.kit.ground import Ground
from app.kit.sealing import Sealer
from app.models import (
    Delivery,
    ForwardState,
    Message,
    Reminder,
    Reply,
    ReplyKind,
)
from app.reminders.mail_events import note_dead_address
from app.reminders.receipts import record_receipt
from app.reminders.reply_pause import pause_after_reply
from app.reminders.reply_reading import ReadReply, read_reply
from app.tasks import kinds
from app.tasks.queue import enqueue

SENDER_COLUMN, SUBJECT_COLUMN, TEXT_COLUMN = "reply.sender", "reply.subject", "reply.text"
RAW_COLUMN, ENVELOPE_SEPARATOR = "reply.raw", "\n"
MOST_A_DAY = 50
"""More mails of one customer in a day than any person writes are kept unread."""
_A_DAY = timedelta(days=1)


def take_in(
    session: Session,
    ground: Ground,
    reminder_id: UUID,
    *,
    external_id: str,
    envelope_from: str,
    raw: bytes,
    is_suspicious: bool,
    now: datetime,
) -> UUID | None:
    """Keep a mail as it came, in this unit of work, and ask for it to be read; its id, or None if it is known."""
    customer_id = session.scalar(select(Reminder.customer_id).where(Reminder.id == reminder_id))
    if customer_id is None:
        return None
    row_id, tenant_id = uuid4(), tenant_of(session)
    kind = ReplyKind.TOO_MANY if _has_had_enough(session, customer_id, now) else ReplyKind.UNREAD
    whole = envelope_from + ENVELOPE_SEPARATOR + raw.decode("latin-1")
    kept = session.scalar(
        insert(Reply)
        .values(
            tenant_id=tenant_id,
            id=row_id,
            customer_id=customer_id,
            reminder_id=reminder_id,
            channel=EMAIL,
            external_id=external_id,
            kind=kind,
            received_at=now,
            raw_sealed=ground.sealer(session).seal(whole, column=RAW_COLUMN, row=row_id)
            if kind is ReplyKind.UNREAD
            else None,
            is_suspicious=is_suspicious,
            forward_state=ForwardState.NOT_WANTED,
        )
        .on_conflict_do_nothing()
        .returning(Reply.id)
    )
    if kept is not None and kind is ReplyKind.UNREAD:
        enqueue(session, kind=kinds.READ_REPLY, tenant_id=tenant_id, subject_id=kept, run_at=now, now=now)
    return kept


def read_one(session: Session, ground: Ground, reply_id: UUID, *, now: datetime) -> None:
    """Look into a mail that was taken in and do what follows. A second time changes nothing."""
    reply = session.scalars(select(Reply).where(Reply.id == reply_id).with_for_update()).one_or_none()
    if reply is None or reply.kind is not ReplyKind.UNREAD or reply.raw_sealed is None:
        return
    sealer = ground.sealer(session)
    envelope_from, raw = opened_raw(sealer, reply)
    read = read_reply(raw, envelope_from=envelope_from)
    _keep(sealer, reply, read)
    if read.kind is ReplyKind.WRITTEN:
        pause_after_reply(session, reply.customer_id, channel=EMAIL, now=now)
        reply.forward_state = ForwardState.WAITING
        enqueue(
            session,
            kind=kinds.FORWARD_REPLY,
            tenant_id=tenant_of(session),
            subject_id=reply.id,
            run_at=now,
            now=now,
        )
        return
    if read.kind is ReplyKind.BOUNCE and reply.reminder_id is not None:
        _note_bounce(session, ground, reply.reminder_id, read, now=now)
    reply.raw_sealed = None


def words_of_reply(sealer: Sealer, reply: Reply) -> str:
    """What was written, without what it quotes; empty if nothing was."""
    sealed = reply.text_sealed
    return sealer.open(sealed, column=TEXT_COLUMN, row=reply.id) if sealed else ""


def opened_raw(sealer: Sealer, reply: Reply) -> tuple[str, bytes]:
    """Envelope sender and bytes of a mail that is kept."""
    whole = sealer.open(reply.raw_sealed or b"", column=RAW_COLUMN, row=reply.id)
    envelope_from, _, raw = whole.partition(ENVELOPE_SEPARATOR)
    return envelope_from, raw.encode("latin-1")


def _has_had_enough(session: Session, customer_id: UUID, now: datetime) -> bool:
    count = session.scalar(
        select(func.count()).where(Reply.customer_id == customer_id, Reply.received_at > now - _A_DAY)
    )
    return (count or 0) >= MOST_A_DAY


def _keep(sealer: Sealer, reply: Reply, read: ReadReply) -> None:
    reply.kind = read.kind
    reply.subject_sealed = sealer.seal(read.subject, column=SUBJECT_COLUMN, row=reply.id)
    reply.text_sealed = sealer.seal(read.text, column=TEXT_COLUMN, row=reply.id)
    if read.sender is not None:
        reply.sender_sealed = sealer.seal(read.sender, column=SENDER_COLUMN, row=reply.id)


def _note_bounce(
    session: Session, ground: Ground, reminder_id: UUID, read: ReadReply, *, now: datetime
) -> None:
    """Believed only of the address that the reminder's mail went to."""
    message = session.scalars(
        select(Message)
        .where(Message.reminder_id == reminder_id, Message.channel == EMAIL)
        .order_by(Message.attempt.desc())
        .limit(1)
    ).one_or_none()
    if message is None or read.failed_recipient is None:
        return
    address = _recipient(ground.sealer(session), message)
    if address.casefold() != read.failed_recipient.casefold():
        return
    note_dead_address(session, ground, message.id, code=read.failed_code or "bounced", now=now)
    record_receipt(
        session,
        channel=EMAIL,
        marker=message.marker,
        outcome=Delivery.BOUNCED,
        code=read.failed_code,
        at=now,
        now=now,
    )


def _recipient(sealer: Sealer, message: Message) -> str:
    return sealer.open(message.recipient_sealed, column="message.recipient", row=message.id)
