"""When a channel did not reach a customer: the next one on the list has its turn, on another day; or nobody has.

Never two channels in one day, so that a receipt that was merely late does not make two reminders of one.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.models import Customer, Message, Reminder, Tenant
from app.reminders import claiming, moves
from app.reminders.cases_calendars import load_diaries
from app.reminders.planning import ask_for_dispatch
from app.reminders.reasons import Reason

_NAMES = {"email": "e-mail", "sms": "text message", "whatsapp": "WhatsApp"}


def give_way(session: Session, message_id: UUID, *, reason: str, now: datetime) -> bool:
    """Let the next channel try, if this was the reminder's latest attempt and there is a next one.

    Without one the reminder has failed with this reason. What has moved on meanwhile is left alone: false.
    """
    tenant = session.scalars(select(Tenant).with_for_update(key_share=True)).one()
    message = session.scalars(select(Message).where(Message.id == message_id)).one()
    reminder = session.scalars(
        select(Reminder).where(Reminder.id == message.reminder_id).with_for_update()
    ).one()
    if reminder.state not in moves.NEXT_CHANNEL.of or not is_latest(session, message):
        return False
    place = reminder.channel_place + 1
    if place >= len(reminder.channels) or message.channel not in reminder.channels:
        _fail(reminder, reason)
        return True
    due_at = _next_sending_moment(session, reminder, zone=tenant.time_zone, now=now)
    day = local_date(due_at, tenant.time_zone)
    reminder.channel_place, reminder.first_on = place, day
    session.flush()
    claiming.give_back(
        session,
        reminder.id,
        _next_turn(reason, reminder.channels[place]),
        due_at=due_at,
        send_on=day,
    )
    ask_for_dispatch(session, tenant.id, now=now)
    return True


def _next_sending_moment(session: Session, reminder: Reminder, *, zone: str, now: datetime) -> datetime:
    """When this customer may be written to once the organisation's day is over."""
    customer = session.get_one(Customer, (reminder.tenant_id, reminder.customer_id))
    diary = load_diaries(session, [reminder.id], zone=zone).of(customer, reminder.step_id)
    return diary.moment(diary.after_home_day(diary.first_day(now), local_date(now, zone)))


def _fail(reminder: Reminder, reason: str) -> None:
    reminder.state, reminder.lease_until = moves.NO_CHANNEL_LEFT.to, None
    reminder.reason_code, reminder.reason = "refused", reason


def _next_turn(reason: str, channel: str) -> Reason:
    return Reason("fallback", f"{reason} It goes by {_NAMES.get(channel, channel)} on the next sending day.")


def is_latest(session: Session, message: Message) -> bool:
    """Whether nothing was tried for its reminder since."""
    latest = session.scalar(
        select(func.max(Message.attempt)).where(Message.reminder_id == message.reminder_id)
    )
    return latest == message.attempt
