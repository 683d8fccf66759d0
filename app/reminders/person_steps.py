"""Steps that ask a person to act: when their time has come they become a task, and nothing is sent."""

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.models import PersonTaskKind, Reminder, ReminderState, Sending
from app.reminders.reasons import ASKED_PERSON, TAKEN_UP_WHEN_DUE
from app.reminders.standing import Organisation
from app.tasks.person_tasks import NewTask, ask

_WORDS = "The cadence asks you to get in touch yourself, for instance by telephone."


def ask_persons(session: Session, organisation: Organisation, *, now: datetime) -> bool:
    """Turn what is due into tasks; whether there was any. The step counts as had: the cadence goes on from there."""
    if organisation.sending is not Sending.ON:
        return False
    due = session.scalars(
        select(Reminder).where(
            or_(
                Reminder.state == ReminderState.PLANNED,
                and_(Reminder.state == ReminderState.HELD, Reminder.reason_code.in_(TAKEN_UP_WHEN_DUE)),
            ),
            Reminder.channels == [],
            Reminder.needs_confirmation.is_(False),
            Reminder.due_at <= now,
        )
    ).all()
    for reminder in due:
        ask(
            session,
            NewTask(
                kind=PersonTaskKind.CADENCE_STEP,
                customer_id=reminder.customer_id,
                subject_id=reminder.id,
                words=_WORDS,
                currency=reminder.currency,
            ),
            now=now,
        )
        reminder.state, reminder.decided_at = ReminderState.SENT, now
        reminder.reason_code, reminder.reason = ASKED_PERSON.code, ASKED_PERSON.sentence
    return bool(due)
