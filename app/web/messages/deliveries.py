"""What became of a reminder's latest message, as a column beside the reminder."""

from sqlalchemy import ScalarSelect, select

from app.models import Delivery, Message, Reminder

LATEST_DELIVERY: ScalarSelect[Delivery | None] = (
    select(Message.delivery)
    .where(Message.tenant_id == Reminder.tenant_id, Message.reminder_id == Reminder.id)
    .order_by(Message.attempt.desc())
    .limit(1)
    .correlate(Reminder)
    .scalar_subquery()
)
