"""The durable tasks of phones: look into what was told, and see a business's senders through."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.kit.ground import Ground
from app.reminders.phone_events import ask_to_look, businesses_with_phones, look_into_events
from app.reminders.phone_senders import see_through
from app.reminders.phone_setup import ask_to_set_up
from app.tasks import kinds
from app.tasks.handlers import Assignment, handles
from app.tasks.schedules import periodically


@handles(kinds.PHONE_EVENTS)
def look(ground: Ground, task: Assignment) -> None:
    """Receipts and replies. Raises Retryable while the provider is away."""
    while look_into_events(ground, task.tenant):
        task.renew()


@handles(kinds.PHONE_SET_UP)
def set_up(ground: Ground, task: Assignment) -> None:
    """Numbers, services, senders and templates, as far as they can be had now."""
    see_through(ground, task.tenant)


@periodically("phones.look_all", every=timedelta(minutes=15))
def look_all(session: Session, now: datetime) -> None:
    """Callbacks get lost and approvals come without being told: ask about both."""
    for tenant_id in businesses_with_phones(session):
        ask_to_look(session, tenant_id, now=now)
        ask_to_set_up(session, tenant_id, now=now)
