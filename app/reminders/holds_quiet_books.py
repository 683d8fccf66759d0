"""How old the books are: money that nobody has recorded cannot hold a reminder."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Connection, ConnectionState, LedgerPayment
from app.reminders import reasons
from app.reminders.calendar import next_working_day
from app.reminders.holds_rules import rules_of
from app.reminders.reasons import Reason

_LOOKS_BACK = timedelta(days=60)
_USED_TO_COME = 8
"""On so many days of the sixty before the last receipt: fewer, and a gap tells nothing."""


def quiet_books(session: Session, *, today: date) -> Reason | None:
    """Why nothing may be sent, if no receipt has been recorded for longer than the business said is usual."""
    limit = rules_of(session).quiet_books_days
    if limit is None:
        return None
    days = quiet_days(_receipt_days(session, today), today=today)
    return reasons.quiet_books(days) if days > limit else None


def mirror_read_at(session: Session) -> datetime | None:
    """When the ledger was last read as a whole or for what changed; None if it never was."""
    return session.scalar(
        select(func.max(Connection.read_at)).where(Connection.state == ConnectionState.ACTIVE)
    )


def quiet_days(receipts: Collection[date], *, today: date) -> int:
    """Working days since the last receipt; 0 where receipts come too seldom for a gap to tell anything. Pure."""
    if not receipts:
        return 0
    last = max(receipts)
    if len([day for day in receipts if day > last - _LOOKS_BACK]) < _USED_TO_COME:
        return 0
    count, day = 0, next_working_day(last)
    while day <= today:
        count, day = count + 1, next_working_day(day)
    return count


def _receipt_days(session: Session, today: date) -> Collection[date]:
    """The latest days on which the ledger has receipts, as many as the rule looks at."""
    days = session.scalars(
        select(LedgerPayment.paid_on)
        .where(LedgerPayment.is_deleted.is_(False), LedgerPayment.paid_on <= today)
        .distinct()
        .order_by(LedgerPayment.paid_on.desc())
        .limit(_USED_TO_COME)
    )
    return days.all()
