"""Steps that ask a person to act: when their day comes they become a task, and nothing is sent."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from app.models import Invoice, PersonTaskKind, Reminder, ReminderInvoice, ReminderState
from app.reminders import reasons
from app.reminders.person_tasks import NewTask, ask
from app.reminders.say import say_amount


def ask_for_steps(session: Session, *, now: datetime) -> int:
    """Turn what is due and has no channel into tasks; how many. Its invoices have had the step then."""
    due = session.scalars(
        select(Reminder)
        .where(
            or_(
                Reminder.state == ReminderState.PLANNED,
                and_(
                    Reminder.state == ReminderState.HELD, Reminder.reason_code.in_(reasons.TAKEN_UP_WHEN_DUE)
                ),
            ),
            Reminder.needs_confirmation.is_(False),
            Reminder.due_at <= now,
            func.cardinality(Reminder.channels) == 0,
        )
        .with_for_update(skip_locked=True)
    ).all()
    for reminder in due:
        numbers, total = _covered(session, reminder)
        words = (
            f"The cadence asks you to act: {say_amount(total, reminder.currency)} is open on "
            f"{'invoice' if len(numbers) == 1 else 'invoices'} {', '.join(numbers)}. Nothing was sent."
        )
        kind = PersonTaskKind.CADENCE_STEP
        task = NewTask(kind, reminder.customer_id, reminder.id, words, reminder.currency, total)
        ask(session, task, now=now)
    session.execute(
        update(Reminder)
        .where(Reminder.id.in_([reminder.id for reminder in due]))
        .values(
            state=ReminderState.SKIPPED,
            reason_code=reasons.ASKED_PERSON.code,
            reason=reasons.ASKED_PERSON.sentence,
            decided_at=now,
        )
    )
    return len(due)


def _covered(session: Session, reminder: Reminder) -> tuple[list[str], Decimal]:
    """Numbers and the sum of what is open on them, as the mirror has it."""
    same = and_(Invoice.tenant_id == ReminderInvoice.tenant_id, Invoice.id == ReminderInvoice.invoice_id)
    rows = session.execute(
        select(Invoice.number, Invoice.amount_due)
        .join(ReminderInvoice, same)
        .where(ReminderInvoice.reminder_id == reminder.id)
        .order_by(Invoice.due_on, Invoice.number)
    ).all()
    return [number for number, _ in rows], sum((due for _, due in rows), Decimal(0))
