"""Reminders that were due while nothing could leave: the list, and the owner's word on it.

Nothing of it leaves by itself: not everything at once after an outage, and not nothing at all either.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.database import tenant_of
from app.kit.errors import Rejected
from app.models import (
    CatchUp,
    CatchUpMode,
    Customer,
    Reminder,
    ReminderInvoice,
    ReminderState,
    Sending,
    Tenant,
)
from app.payments.replan import replan
from app.reminders import reasons

LATE = "late"


@dataclass(frozen=True, slots=True)
class LateReminder:
    """A reminder that should have left."""

    reminder_id: UUID
    customer: str
    currency: str
    invoices: int
    reached_on: date
    """The day of the step it would be sent for."""
    in_first_list: bool
    """It waits for the owner's word on a whole list, which may well be the very first one."""


@dataclass(frozen=True, slots=True)
class LateList:
    """What waits for the owner's word, the longest first."""

    reminders: tuple[LateReminder, ...]

    @property
    def since(self) -> date | None:
        """The first day on which something did not leave."""
        return min((one.reached_on for one in self.reminders), default=None)

    @property
    def is_first_list(self) -> bool:
        """Whether nothing else was late than what waits in a list anyway."""
        return all(one.in_first_list for one in self.reminders)

    @property
    def unconfirmed(self) -> frozenset[UUID]:
        """Those of the list that wait for another word of the owner's afterwards, while the others leave."""
        waiting = frozenset(one.reminder_id for one in self.reminders if one.in_first_list)
        return frozenset() if self.is_first_list else waiting

    @property
    def sentence(self) -> str:
        """For the page and the command line."""
        if self.since is None:
            return "Nothing is late."
        count = len(self.reminders)
        if self.is_first_list:
            are = "1 reminder is" if count == 1 else f"{count} reminders are"
            return f"{are} for steps whose day has passed, the first on {self.since.day} {self.since:%b %Y}."
        were = "1 reminder has been" if count == 1 else f"{count} reminders have been"
        return f"{were} due since {self.since.day} {self.since:%b %Y} while nothing could leave."


def late_reminders(session: Session, *, today: date) -> LateList:
    """Held because they are late, or waiting in a first list for a step whose day has passed."""
    reached = func.min(ReminderInvoice.reached_on)
    rows = session.execute(
        select(Reminder.id, Customer.name, Reminder.currency, func.count(), reached, Reminder.reason_code)
        .join(Customer, (Customer.tenant_id == Reminder.tenant_id) & (Customer.id == Reminder.customer_id))
        .join(
            ReminderInvoice,
            (ReminderInvoice.tenant_id == Reminder.tenant_id) & (ReminderInvoice.reminder_id == Reminder.id),
        )
        .where(
            Reminder.state == ReminderState.HELD,
            Reminder.reason_code.in_((LATE, reasons.FIRST_LIST.code)),
            ReminderInvoice.reached_on < today,
        )
        .group_by(Reminder.tenant_id, Reminder.id, Customer.name, Reminder.currency)
        .order_by(reached, Customer.name, Reminder.id)
    )
    return LateList(
        tuple(
            LateReminder(reminder_id, name, currency, invoices, since or today, code != LATE)
            for reminder_id, name, currency, invoices, since, code in rows
        )
    )


def choose(session: Session, mode: CatchUpMode, *, now: datetime) -> int:
    """Keep the owner's word and plan by it; how many reminders it is about. Raises Rejected.

    `skip` leaves out every step whose day came before today. `latest` and `merge` let the late ones go on the
    next sending day; a first list still waits for its confirmation.
    """
    tenant = session.scalars(
        select(Tenant).where(Tenant.id == tenant_of(session)).with_for_update(key_share=True)
    ).one()
    if tenant.sending is Sending.PAUSED:
        raise Rejected("Sending is paused. Resume it first, then say what becomes of what is late.")
    today = local_date(now, tenant.time_zone)
    count = len(late_reminders(session, today=today).reminders)
    if not count:
        raise Rejected("Nothing is late any more. Look at the list again.")
    session.add(
        CatchUp(tenant_id=tenant.id, id=uuid4(), mode=mode, late_until=today, reminders=count, decided_at=now)
    )
    # The owner has seen exactly these, so the volume brake expects them.
    session.execute(
        update(Reminder)
        .where(Reminder.state == ReminderState.HELD, Reminder.reason_code == LATE)
        .values(confirmed_at=now)
    )
    replan(session, now=now)
    return count
