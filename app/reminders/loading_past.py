"""What has been decided for customers before, and what the owner has said about being late."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.models import UNDECIDED, CatchUp, Reminder, ReminderState
from app.reminders.reasons import FREES_THE_DAY
from app.reminders.situation import Group, Late, Past
from app.reminders.standing import Undecided

_NEWEST_WORD = (
    select(CatchUp.mode, CatchUp.late_until).order_by(CatchUp.decided_at.desc(), CatchUp.id).limit(1)
)


def load_late(session: Session) -> Late | None:
    """The owner's newest word on what was late."""
    row = session.execute(_NEWEST_WORD).one_or_none()
    return Late(*row) if row else None


def load_past(
    session: Session, stored: Collection[Undecided], today: date, now: datetime, *, any_decided: bool
) -> dict[Group, Past]:
    """The last day of each group, and what waits for its time.

    A reminder skipped today counts too: what was decided is not decided again on the same day, so that a
    mirror and a ledger that disagree cannot make the planner run in circles.
    """
    past = _last_days(session, today) if any_decided else {}
    for row in stored:
        waits_until = row.waits_until(now)
        if waits_until is not None:
            past[row.group] = Past(past.get(row.group, Past()).last_on, waits_until)
    return past


def _last_days(session: Session, today: date) -> dict[tuple[UUID, str], Past]:
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
    return {(customer_id, currency): Past(last_on=last_on) for customer_id, currency, last_on in rows}
