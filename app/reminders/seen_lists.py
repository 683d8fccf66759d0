"""What a list showed of a reminder: its step, and each of its invoices with the step that it is at.

Until it leaves, a reminder is planned anew again and again: a page that was left open shows what it no longer is.
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ScalarSelect, String, cast, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from app.models import Reminder, ReminderInvoice


def mark() -> ScalarSelect[str]:
    """A column of a statement about reminders: another text as soon as anything of that is different."""
    line = func.concat_ws(
        ":", ReminderInvoice.invoice_id, ReminderInvoice.step_id, ReminderInvoice.occurrence
    )
    lines = func.string_agg(line, aggregate_order_by(literal(","), ReminderInvoice.invoice_id))
    return (
        select(func.md5(func.concat(cast(Reminder.step_id, String), lines)))
        .where(
            ReminderInvoice.tenant_id == Reminder.tenant_id,
            ReminderInvoice.reminder_id == Reminder.id,
        )
        .correlate(Reminder)
        .scalar_subquery()
    )


def changed_since(session: Session, seen: Mapping[UUID, str]) -> set[UUID]:
    """Of the reminders that were seen with these marks, those that are others by now."""
    rows = session.execute(select(Reminder.id, mark()).where(Reminder.id.in_(seen)))
    return {reminder_id for reminder_id, present in rows if present != seen[reminder_id]}
