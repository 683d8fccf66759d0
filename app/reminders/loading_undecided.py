"""The reminders that have not begun to leave, as they are stored."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.models import UNDECIDED, Reminder
from app.reminders.situation import Covered
from app.reminders.standing import Undecided

_UNDECIDED = (
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
        Reminder.first_on,
        Reminder.channels,
    )
    .where(Reminder.state.in_(UNDECIDED))
    .order_by(Reminder.planned_at, Reminder.id)
)
# Asked for by name and not by a join: of a tenant that the statistics do not know yet PostgreSQL expects one row,
# and would look through ten thousand ten thousand times.
_LINES = text("""
    SELECT reminder_id, invoice_id, step_id, occurrence, reached_on FROM reminder_invoice
    WHERE reminder_id = ANY(:ids) AND is_spent
""")


def load_undecided(session: Session) -> dict[UUID, Undecided]:
    """The reminders that have not begun to leave, by id, the oldest first."""
    rows = session.execute(_UNDECIDED).all()
    covered = _covered(session, [row[0] for row in rows])
    return {row[0]: _undecided(row[1:], covered.get(row[0], [])) for row in rows}


def _covered(session: Session, reminder_ids: list[UUID]) -> dict[UUID, list[Covered]]:
    """By reminder, the lines that count."""
    found: dict[UUID, list[Covered]] = {}
    if reminder_ids:
        for reminder_id, *line in session.execute(_LINES, {"ids": reminder_ids}):
            found.setdefault(reminder_id, []).append(Covered(*line))
    return found


def _undecided(columns: Sequence[Any], covered: list[Covered]) -> Undecided:
    *others, channels = columns
    return Undecided(*[*others, tuple(channels), frozenset(covered)])
