"""What became of messages after they were sent. Receipts come late, twice and in any order."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Delivery, Message, MessageState
from app.reminders import fallback, moves, outcomes

_DID_NOT_ARRIVE = "It was sent but did not arrive."


def record_receipt(
    session: Session,
    *,
    channel: str,
    vendor_id: str | None = None,
    marker: str | None = None,
    outcome: Delivery | None,
    code: str | None = None,
    reason: str = _DID_NOT_ARRIVE,
    at: datetime,
    now: datetime,
) -> UUID | None:
    """Keep what the vendor told of one message; the message's id if that was news.

    Any receipt proves that the vendor took the message, which settles an outcome nobody knew; `outcome` None says
    no more than that. A message that was not delivered gives way to the next channel, if it is still the latest.
    `reason` is the sentence for the business.
    """
    message = _find(session, channel, vendor_id, marker)
    if message is None:
        return None
    was_open = _settle(session, message, vendor_id, outcome, now)
    if outcome is None or not moves.is_news(message.delivery, outcome):
        return message.id if was_open else None
    message.delivery, message.delivery_code, message.delivery_at = outcome, code, at
    session.flush()
    if outcome in moves.NOT_REACHED:
        fallback.give_way(session, message.id, reason=reason, now=now)
    return message.id


def _find(session: Session, channel: str, vendor_id: str | None, marker: str | None) -> Message | None:
    wanted = Message.marker == marker if marker else Message.vendor_id == vendor_id
    if not marker and not vendor_id:
        return None
    found = session.scalars(
        select(Message)
        .where(Message.channel == channel, wanted)
        .order_by(Message.id)
        .limit(1)
        .with_for_update()
    )
    return found.one_or_none()


def _settle(
    session: Session, message: Message, vendor_id: str | None, outcome: Delivery | None, now: datetime
) -> bool:
    """A vendor that tells of a message has taken it. Whether that was news.

    Its reminder is sent with it, unless it did not arrive and another attempt is on its way by now.
    """
    if message.state is MessageState.SENT:
        return False
    message.state, message.reason, message.finished_at = MessageState.SENT, None, now
    message.vendor_id = vendor_id or message.vendor_id
    session.flush()
    if outcome not in moves.NOT_REACHED or fallback.is_latest(session, message):
        outcomes.follow_sent_messages(session, [message.id])
    return True
