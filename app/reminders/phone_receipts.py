"""What Twilio says of one of our messages, in our words."""

from sqlalchemy.orm import Session

from app.channels.base import Meaning
from app.channels.twilio.refusals import meaning_of
from app.channels.twilio.wire import Message as Told
from app.kit.ground import Ground
from app.models import Delivery
from app.reminders.consequences import draw
from app.reminders.receipts import record_receipt

_OUTCOMES = {
    "delivered": Delivery.DELIVERED,
    "read": Delivery.READ,
    "undelivered": Delivery.UNDELIVERED,
    "failed": Delivery.UNDELIVERED,
}


def apply_status(session: Session, ground: Ground, told: Told, *, marker: str | None) -> None:
    """Keep the state of a message and what it means for the next ones. May run twice."""
    now = ground.clock.now()
    outcome = _OUTCOMES.get(told.status)
    meaning, reason = meaning_of(told.error_code) if outcome is Delivery.UNDELIVERED else (Meaning.OTHER, "")
    message_id = record_receipt(
        session,
        channel="whatsapp" if told.to.startswith("whatsapp:") else "sms",
        vendor_id=told.sid,
        marker=marker,
        outcome=outcome,
        code=str(told.error_code) if told.error_code else None,
        reason=reason,
        at=now,
        now=now,
    )
    if message_id is not None and outcome is Delivery.UNDELIVERED:
        code = str(told.error_code or "")
        draw(session, ground, message_id, meaning, code=code, reason=reason, now=now)
