"""Open invoices, with what is paid of them already and the steps they have had."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.models import (
    UNDECIDED,
    CheckoutInvoice,
    HoldScope,
    Invoice,
    InvoiceState,
    Reminder,
    ReminderInvoice,
)
from app.payments.coverage import ours_not_in_ledger
from app.reminders.holds import Key
from app.reminders.situation import Had, OpenInvoice, Step, Stop

_NO_MONEY = Decimal(0)
_OPEN = select(
    Invoice.id,
    Invoice.customer_id,
    Invoice.currency,
    Invoice.due_on,
    Invoice.issued_on,
    Invoice.total,
    Invoice.amount_due,
).where(Invoice.state == InvoiceState.OPEN, Invoice.amount_due > 0)
_SAME_REMINDER = and_(
    Reminder.tenant_id == ReminderInvoice.tenant_id, Reminder.id == ReminderInvoice.reminder_id
)
_HAD = (
    select(
        ReminderInvoice.invoice_id,
        ReminderInvoice.step_id,
        func.max(ReminderInvoice.occurrence),
        func.max(Reminder.send_on),
    )
    .join(Reminder, _SAME_REMINDER)
    .join(
        Invoice,
        and_(Invoice.tenant_id == ReminderInvoice.tenant_id, Invoice.id == ReminderInvoice.invoice_id),
    )
    .where(Invoice.state == InvoiceState.OPEN, ReminderInvoice.is_spent, Reminder.state.not_in(UNDECIDED))
    .group_by(ReminderInvoice.invoice_id, ReminderInvoice.step_id)
)
_BEING_PAID = (
    select(CheckoutInvoice.invoice_id)
    .join(
        Invoice,
        and_(Invoice.tenant_id == CheckoutInvoice.tenant_id, Invoice.id == CheckoutInvoice.invoice_id),
    )
    .where(Invoice.state == InvoiceState.OPEN)
    .distinct()
)


@dataclass(frozen=True)
class Notes:
    """What is known of invoices beside the ledger's own record, each by invoice."""

    stops: Mapping[Key, Stop]
    had: Mapping[UUID, tuple[Had, ...]] = field(default_factory=dict)
    ours: Mapping[UUID, Decimal] = field(default_factory=dict)
    """Paid through us and not in the ledger's balance yet."""
    broken_on: Mapping[UUID, date] = field(default_factory=dict)
    """The day a promise to pay was found broken."""


def load_invoices(session: Session, notes: Notes) -> list[OpenInvoice]:
    """Every open invoice with something left to pay."""
    stops, had, ours, broken_on = notes.stops, notes.had, notes.ours, notes.broken_on
    return [
        OpenInvoice(
            id=invoice_id,
            customer_id=customer_id,
            currency=currency,
            due_on=due_on,
            balance=amount_due - ours.get(invoice_id, _NO_MONEY),
            had=had.get(invoice_id, ()),
            stop=stops.get((HoldScope.INVOICE, invoice_id)),
            issued_on=issued_on,
            total=total,
            promise_broken_on=broken_on.get(invoice_id),
        )
        for invoice_id, customer_id, currency, due_on, issued_on, total, amount_due in session.execute(_OPEN)
    ]


def load_had(session: Session, steps: Mapping[UUID, Step]) -> dict[UUID, tuple[Had, ...]]:
    """The steps each open invoice has had or is having just now; of repeats the latest."""
    found: dict[UUID, tuple[Had, ...]] = {}
    for invoice_id, step_id, occurrence, on in session.execute(_HAD):
        found[invoice_id] = (*found.get(invoice_id, ()), Had(steps[step_id], occurrence, on))
    return found


def load_ours(session: Session) -> dict[UUID, Decimal]:
    """What customers have paid through us that the ledger does not show yet."""
    return ours_not_in_ledger(session, session.scalars(_BEING_PAID).all())
