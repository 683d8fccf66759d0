"""The log: every reminder with its state and reason, a page at a time."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, UnaryExpression, and_, func, select, true
from sqlalchemy.orm import Session

from app.models import (
    UNDECIDED,
    CadenceStep,
    Customer,
    Delivery,
    Invoice,
    Reminder,
    ReminderInvoice,
    ReminderState,
)
from app.web.messages.deliveries import LATEST_DELIVERY

PER_PAGE = 100

# The order of the chips: a reminder's life, then how it can end otherwise.
STATES = (
    ReminderState.PLANNED,
    ReminderState.HELD,
    ReminderState.SENDING,
    ReminderState.SENT,
    ReminderState.UNKNOWN,
    ReminderState.FAILED,
    ReminderState.SKIPPED,
)


@dataclass(frozen=True)
class Covered:
    """An invoice of a reminder. `named` is the balance the message gave, if it was composed."""

    invoice_id: UUID
    number: str
    due_on: date
    named: Decimal | None
    due_now: Decimal


@dataclass(frozen=True)
class Entry:
    """One reminder of the log, with the invoices it covers."""

    id: UUID
    customer_id: UUID
    customer_name: str
    currency: str
    state: ReminderState
    reason: str | None
    send_on: date
    due_at: datetime
    decided_at: datetime | None
    offset_days: int
    delivery: Delivery | None
    covered: tuple[Covered, ...]

    @property
    def amount(self) -> Decimal:
        """What the message named, or what is due now on invoices it has not named."""
        return sum((one.due_now if one.named is None else one.named for one in self.covered), Decimal(0))


@dataclass(frozen=True)
class Log:
    """A page of the log with the counts of all states."""

    entries: list[Entry]
    counts: dict[ReminderState, int]
    total: int
    page: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PER_PAGE))

    @property
    def all_count(self) -> int:
        return sum(self.counts.values())


def log_page(session: Session, *, state: ReminderState | None, why: str, search: str, page: int) -> Log:
    """One page. `why` is a reason's code, `search` part of a customer's name."""
    where = and_(
        Reminder.state == state if state else true(),
        Reminder.reason_code == why if why else true(),
        Customer.name.icontains(search, autoescape=True) if search else true(),
    )
    customer = and_(Customer.tenant_id == Reminder.tenant_id, Customer.id == Reminder.customer_id)
    total = (
        session.scalar(select(func.count()).select_from(Reminder).join(Customer, customer).where(where)) or 0
    )
    page = min(max(page, 1), max(1, -(-total // PER_PAGE)))
    counts = session.execute(select(Reminder.state, func.count()).group_by(Reminder.state))
    return Log(
        entries=_entries(session, where, soonest_first=state is ReminderState.PLANNED, page=page),
        counts={one: count for one, count in counts},  # noqa: C416 (a Row is not a pair of types)
        total=total,
        page=page,
    )


def _entries(session: Session, where: ColumnElement[bool], *, soonest_first: bool, page: int) -> list[Entry]:
    if soonest_first:
        order: list[UnaryExpression[Any]] = [Reminder.due_at.asc()]
    else:  # what has happened, latest first; then what is still to come
        order = [Reminder.state.in_(UNDECIDED).asc(), Reminder.decided_at.desc(), Reminder.due_at.desc()]
    customer = and_(Customer.tenant_id == Reminder.tenant_id, Customer.id == Reminder.customer_id)
    step = and_(CadenceStep.tenant_id == Reminder.tenant_id, CadenceStep.id == Reminder.step_id)
    rows = session.execute(
        select(
            Reminder.id,
            Reminder.customer_id,
            Customer.name.label("customer_name"),
            Reminder.currency,
            Reminder.state,
            Reminder.reason,
            Reminder.send_on,
            Reminder.due_at,
            Reminder.decided_at,
            CadenceStep.offset_days,
            LATEST_DELIVERY.label("delivery"),
        )
        .join(Customer, customer)
        .join(CadenceStep, step)
        .where(where)
        .order_by(*order, Customer.name, Reminder.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).all()
    covered = covered_invoices(session, [row[0] for row in rows])
    return [Entry(**row._asdict(), covered=tuple(covered.get(row[0], ()))) for row in rows]


def covered_invoices(session: Session, reminder_ids: list[UUID]) -> dict[UUID, list[Covered]]:
    """By reminder, the invoices it covers, longest overdue first."""
    rows = session.execute(
        select(
            ReminderInvoice.reminder_id,
            Invoice.id,
            Invoice.number,
            Invoice.due_on,
            ReminderInvoice.amount_due,
            Invoice.amount_due,
        )
        .join(
            Invoice,
            and_(Invoice.tenant_id == ReminderInvoice.tenant_id, Invoice.id == ReminderInvoice.invoice_id),
        )
        .where(ReminderInvoice.reminder_id.in_(reminder_ids))
        .order_by(Invoice.due_on, Invoice.number)
    )
    found: dict[UUID, list[Covered]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(Covered(*row[1:]))
    return found
