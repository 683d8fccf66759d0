"""The invoices that claimed reminders cover, with what was known to hold them when they were claimed."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.models import (
    Anchor,
    CadenceStep,
    Counts,
    HoldScope,
    Invoice,
    ReminderInvoice,
)
from app.reminders.cases import CoveredLine
from app.reminders.holds import Key
from app.reminders.promises import load_what_promises_leave
from app.reminders.situation import Stop

# Of a step that counts from elsewhere, or business days, the day it was planned for tells.
_DAYS_AFTER_DUE = case(
    (
        or_(
            CadenceStep.anchor != Anchor.DUE,
            CadenceStep.only_after.is_not(None),
            CadenceStep.counts == Counts.BUSINESS,
        ),
        func.coalesce(ReminderInvoice.reached_on - Invoice.due_on, CadenceStep.offset_days),
    ),
    else_=CadenceStep.offset_days,
)


def lines_of(
    session: Session, reminder_ids: Sequence[UUID], stops: Mapping[Key, Stop]
) -> dict[UUID, tuple[CoveredLine, ...]]:
    """By reminder."""
    rows = session.execute(
        select(
            ReminderInvoice.reminder_id,
            ReminderInvoice.invoice_id,
            ReminderInvoice.step_id,
            _DAYS_AFTER_DUE,
            ReminderInvoice.reached_on,
            CadenceStep.min_balance,
            CadenceStep.max_balance,
            CadenceStep.only_after,
        )
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
        .where(ReminderInvoice.reminder_id.in_(reminder_ids), ReminderInvoice.is_spent)
    ).all()
    leave = load_what_promises_leave(session, {row.invoice_id for row in rows if row.only_after})
    found: dict[UUID, tuple[CoveredLine, ...]] = {}
    for reminder_id, invoice_id, step_id, offset_days, reached_on, least, most, only_after in rows:
        stop = stops.get((HoldScope.INVOICE, invoice_id))
        left = leave.get(invoice_id) if only_after else None
        line = CoveredLine(invoice_id, step_id, offset_days, reached_on, least, most, left, stop)
        found[reminder_id] = (*found.get(reminder_id, ()), line)
    return found
