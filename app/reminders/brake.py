"""The volume brake: far more messages in a day than ever before wait for the owner (an incident, not a habit)."""

from datetime import datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.models import Message, MessageState, Reminder
from app.reminders.calendar import moment

_LOOKS_BACK = timedelta(days=30)
_FLOOR = 50
_FACTOR = 3


def brake_limit(largest_day: int) -> int:
    """How many messages nobody confirmed may leave in a day, given the largest day of the last thirty."""
    return max(_FLOOR, _FACTOR * largest_day)


def brake_left(session: Session, zone: str, now: datetime) -> int:
    """How many messages nobody confirmed may still leave today."""
    today = local_date(now, zone)
    day = func.date(func.timezone(zone, Message.started_at))
    per_day = session.execute(
        select(day, func.count(), func.count().filter(Reminder.confirmed_at.is_(None)))
        .join(Reminder, and_(Reminder.tenant_id == Message.tenant_id, Reminder.id == Message.reminder_id))
        .where(
            Message.state != MessageState.FAILED, Message.started_at >= moment(today - _LOOKS_BACK, 0, zone)
        )
        .group_by(day)
    ).all()
    largest = max((count for on, count, _ in per_day if on < today), default=0)
    unexpected_today = sum(unexpected for on, _, unexpected in per_day if on == today)
    return brake_limit(largest) - int(unexpected_today)
