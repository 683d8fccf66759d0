"""Loads what `why` needs for many invoices at once: a handful of queries, however many rows."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.models import (
    UNDECIDED,
    CadenceStep,
    Customer,
    HoldScope,
    OptOut,
    Reminder,
    ReminderInvoice,
)
from app.payments.coverage import ours_not_in_ledger
from app.reminders.cadence_rows import active_steps
from app.reminders.cadences import default_cadence
from app.reminders.holds import Key, either, load_stops
from app.reminders.situation import Stop
from app.web.invoices.listing import Line
from app.web.invoices.why import Answer, LastReminder, SayDay, Standing, next_step, why

_NOTHING = Decimal(0)


def answers(session: Session, lines: Sequence[Line], *, today: date, say_day: SayDay) -> dict[UUID, Answer]:
    """Per invoice, why its next reminder goes, waits or does not exist."""
    invoice_ids = [line.id for line in lines]
    customer_ids = {line.customer_id for line in lines}
    reminders = _reminders(session, invoice_ids)
    stops = load_stops(session, today)
    opted_out = set(session.scalars(select(OptOut.customer_id).where(OptOut.customer_id.in_(customer_ids))))
    customers = _customers(session, customer_ids)
    unbooked = ours_not_in_ledger(session, invoice_ids)
    offsets, had = _offsets(session), _had(session, invoice_ids)
    return {
        line.id: why(
            Standing(
                state=line.state,
                amount_due=line.amount_due,
                settled_on=line.settled_on,
                paid_but_unbooked=unbooked.get(line.id, _NOTHING),
                reminder=reminders.get(line.id),
                next_step=next_step(offsets, due_on=line.due_on, had=had.get(line.id), today=today),
                hold=_held(stops, line),
                has_address=customers[line.customer_id][0],
                is_opted_out=line.customer_id in opted_out,
                is_active=customers[line.customer_id][1],
            ),
            say_day,
        )
        for line in lines
    }


def _held(stops: Mapping[Key, Stop], line: Line) -> str | None:
    """The sentence of whatever holds the invoice or its customer, the stricter of the two."""
    stop = either(stops.get((HoldScope.INVOICE, line.id)), stops.get((HoldScope.CUSTOMER, line.customer_id)))
    return stop.why().sentence if stop else None


def _reminders(session: Session, invoice_ids: Sequence[UUID]) -> dict[UUID, LastReminder]:
    newest_first = (ReminderInvoice.invoice_id, Reminder.state.in_(UNDECIDED).desc(), Reminder.send_on.desc())
    rows = session.execute(
        select(
            ReminderInvoice.invoice_id,
            Reminder.state,
            Reminder.send_on,
            CadenceStep.offset_days,
            Reminder.reason_code,
            Reminder.reason,
        )
        .join(
            Reminder,
            and_(Reminder.tenant_id == ReminderInvoice.tenant_id, Reminder.id == ReminderInvoice.reminder_id),
        )
        .join(
            CadenceStep,
            and_(
                CadenceStep.tenant_id == ReminderInvoice.tenant_id, CadenceStep.id == ReminderInvoice.step_id
            ),
        )
        .where(ReminderInvoice.invoice_id.in_(invoice_ids))
        .ext(distinct_on(ReminderInvoice.invoice_id))
        .order_by(*newest_first)
    )
    return {row[0]: LastReminder(*row[1:]) for row in rows}


def _offsets(session: Session) -> list[int]:
    cadence = default_cadence(session)
    return [step.offset_days for step in active_steps(session, cadence.id)] if cadence else []


def _had(session: Session, invoice_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The latest step each invoice has had; what is only planned does not count."""
    rows = session.execute(
        select(ReminderInvoice.invoice_id, func.max(CadenceStep.offset_days))
        .join(
            Reminder,
            and_(Reminder.tenant_id == ReminderInvoice.tenant_id, Reminder.id == ReminderInvoice.reminder_id),
        )
        .join(
            CadenceStep,
            and_(
                CadenceStep.tenant_id == ReminderInvoice.tenant_id, CadenceStep.id == ReminderInvoice.step_id
            ),
        )
        .where(
            ReminderInvoice.invoice_id.in_(invoice_ids),
            ReminderInvoice.is_spent,
            Reminder.state.not_in(UNDECIDED),
        )
        .group_by(ReminderInvoice.invoice_id)
    )
    return {invoice_id: offset for invoice_id, offset in rows}  # noqa: C416 (a Row is not a pair of types)


def _customers(session: Session, customer_ids: set[UUID]) -> dict[UUID, tuple[bool, bool]]:
    rows = session.execute(
        select(Customer.id, Customer.emails_sealed.is_not(None), Customer.is_active).where(
            Customer.id.in_(customer_ids)
        )
    )
    return {customer_id: (has_address, is_active) for customer_id, has_address, is_active in rows}
