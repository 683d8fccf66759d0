"""What the planner is told, read in a handful of queries however many customers there are."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.models import (
    UNDECIDED,
    CadenceStep,
    CheckoutInvoice,
    Customer,
    HoldScope,
    Invoice,
    InvoiceState,
    OptOut,
    Reminder,
    ReminderInvoice,
    ReminderState,
)
from app.payments.coverage import ours_not_in_ledger
from app.reminders.holds import Key, load_stops
from app.reminders.reasons import FREES_THE_DAY
from app.reminders.situation import Addressee, Cadence, Covered, Group, OpenInvoice, Past, Situation, Stop
from app.reminders.standing import Undecided

CHANNEL = "email"
_NO_MONEY = Decimal(0)


def load_situation(
    session: Session, *, cadence: Cadence, stored: Collection[Undecided], zone: str, now: datetime
) -> Situation:
    """Everything the planner needs of the tenant of this unit of work."""
    today = local_date(now, zone)
    stops = load_stops(session, today)
    return Situation(
        now=now,
        zone=zone,
        cadence=cadence,
        invoices=_invoices(session, stops),
        addressees=_addressees(session, stops),
        past=_past(session, stored, today, now),
    )


def load_undecided(session: Session) -> dict[UUID, Undecided]:
    """The reminders that have not begun to leave, by id, the oldest first."""
    covered: dict[UUID, set[Covered]] = {}
    lines = session.execute(
        select(ReminderInvoice.reminder_id, ReminderInvoice.invoice_id, ReminderInvoice.step_id)
        .join(Reminder, _same_reminder())
        .where(Reminder.state.in_(UNDECIDED), ReminderInvoice.is_spent)
    )
    for reminder_id, invoice_id, step_id in lines:
        covered.setdefault(reminder_id, set()).add(Covered(invoice_id, step_id))
    rows = session.execute(
        select(
            Reminder.id,
            Reminder.customer_id,
            Reminder.currency,
            Reminder.step_id,
            Reminder.cadence_version,
            Reminder.send_on,
            Reminder.due_at,
            Reminder.state,
            Reminder.reason_code,
            Reminder.reason,
            Reminder.needs_confirmation,
        )
        .where(Reminder.state.in_(UNDECIDED))
        .order_by(Reminder.planned_at, Reminder.id)
    )
    return {row[0]: Undecided(*row[1:], covered=frozenset(covered.get(row[0], ()))) for row in rows}


def _invoices(session: Session, stops: dict[Key, Stop]) -> list[OpenInvoice]:
    last, ours = _last_offsets(session), _ours(session)
    rows = session.execute(
        select(Invoice.id, Invoice.customer_id, Invoice.currency, Invoice.due_on, Invoice.amount_due).where(
            Invoice.state == InvoiceState.OPEN, Invoice.amount_due > 0
        )
    )
    return [
        OpenInvoice(
            id=invoice_id,
            customer_id=customer_id,
            currency=currency,
            due_on=due_on,
            balance=amount_due - ours.get(invoice_id, _NO_MONEY),
            last_offset=last.get(invoice_id),
            stop=stops.get((HoldScope.INVOICE, invoice_id)),
        )
        for invoice_id, customer_id, currency, due_on, amount_due in rows
    ]


def _last_offsets(session: Session) -> dict[UUID, int]:
    """The latest step each open invoice has had or is having just now."""
    rows = session.execute(
        select(ReminderInvoice.invoice_id, func.max(CadenceStep.offset_days))
        .join(Reminder, _same_reminder())
        .join(
            CadenceStep,
            and_(
                CadenceStep.tenant_id == ReminderInvoice.tenant_id, CadenceStep.id == ReminderInvoice.step_id
            ),
        )
        .join(
            Invoice,
            and_(Invoice.tenant_id == ReminderInvoice.tenant_id, Invoice.id == ReminderInvoice.invoice_id),
        )
        .where(
            Invoice.state == InvoiceState.OPEN,
            ReminderInvoice.is_spent,
            Reminder.state.not_in(UNDECIDED),
        )
        .group_by(ReminderInvoice.invoice_id)
    )
    return {invoice_id: offset for invoice_id, offset in rows}  # noqa: C416 (a Row is not a pair of types)


def _ours(session: Session) -> dict[UUID, Decimal]:
    touched = session.scalars(
        select(CheckoutInvoice.invoice_id)
        .join(
            Invoice,
            and_(Invoice.tenant_id == CheckoutInvoice.tenant_id, Invoice.id == CheckoutInvoice.invoice_id),
        )
        .where(Invoice.state == InvoiceState.OPEN)
        .distinct()
    )
    return ours_not_in_ledger(session, touched.all())


def _addressees(session: Session, stops: dict[Key, Stop]) -> dict[UUID, Addressee]:
    opted_out = set(session.scalars(select(OptOut.customer_id).where(OptOut.channel == CHANNEL)))
    rows = session.execute(select(Customer.id, Customer.emails_sealed.is_not(None), Customer.is_active))
    return {
        customer_id: Addressee(
            has_address=has_address,
            is_active=is_active,
            opted_out=customer_id in opted_out,
            stop=stops.get((HoldScope.CUSTOMER, customer_id)),
        )
        for customer_id, has_address, is_active in rows
    }


def _past(session: Session, stored: Collection[Undecided], today: date, now: datetime) -> dict[Group, Past]:
    """The last day of each group, and what waits for its time.

    A reminder skipped today counts too: what was decided is not decided again on the same day, so that a
    mirror and a ledger that disagree cannot make the planner run in circles.
    """
    rows = session.execute(
        select(Reminder.customer_id, Reminder.currency, func.max(Reminder.send_on))
        .where(
            Reminder.state.not_in(UNDECIDED),
            or_(
                Reminder.state != ReminderState.SKIPPED,
                and_(Reminder.send_on >= today, Reminder.reason_code.not_in(FREES_THE_DAY)),
            ),
        )
        .group_by(Reminder.customer_id, Reminder.currency)
    )
    past = {(customer_id, currency): Past(last_on=last_on) for customer_id, currency, last_on in rows}
    for row in stored:
        waits_until = row.waits_until(now)
        if waits_until is not None:
            past[row.group] = Past(past.get(row.group, Past()).last_on, waits_until)
    return past


def _same_reminder() -> ColumnElement[bool]:
    return and_(Reminder.tenant_id == ReminderInvoice.tenant_id, Reminder.id == ReminderInvoice.reminder_id)
