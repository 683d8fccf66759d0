"""When booking begins: nothing is entered before the business has seen what would be, and said yes.

What was taken before that day waits with its own date; somebody who has booked it already says so.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.errors import Rejected
from app.models import BookingAccounts, WriteBack, WriteBackKind, WriteBackState
from app.payments.first_day import say_first_day
from app.payments.on_clearing import clears_in
from app.payments.outcomes import after_done
from app.payments.remedies import settle_by_hand
from app.payments.write_back_rows import wake

_FOR_A_PERSON = (WriteBackState.WAITING, WriteBackState.PARKED)


def switch_on(session: Session, *, currency: str, now: datetime) -> int:
    """Entries of this currency may be made, those that waited first; how many that was.

    Raises Rejected if no accounts are chosen.
    """
    chosen = _accounts(session, currency)
    chosen.switched_on_at = chosen.switched_on_at or now
    return wake_parked(session, currency, now)


def switch_off(session: Session, *, currency: str) -> None:
    """No more entries of this currency: what comes waits. What is under way at the ledger is still finished."""
    _accounts(session, currency).switched_on_at = None


def booked_before(session: Session, *, currency: str, first_day: date, now: datetime) -> int:
    """The business has booked everything before a day by itself; how many entries we leave to it.

    What we have sent already, and may be in the ledger, is not among them, and no late fee: those have a switch of
    their own. Raises Rejected if no accounts are chosen or the day lies ahead.
    """
    say_first_day(session, _accounts(session, currency), first_day, now=now)
    rows = session.scalars(
        select(WriteBack)
        .where(
            clears_in(currency),
            WriteBack.booked_on < first_day,
            WriteBack.kind != WriteBackKind.LATE_FEE,
            WriteBack.state.in_(_FOR_A_PERSON),
            WriteBack.sent_at.is_(None),
            WriteBack.external_id.is_(None),
        )
        .with_for_update()
    ).all()
    for row in rows:
        settle_by_hand(row, now=now)
    for row in rows:
        after_done(session, row, now=now)
    return len(rows)


def wake_parked(session: Session, currency: str, now: datetime) -> int:
    """Let everything of a currency that a person had to mend be tried again; how many that was.

    What the ledger did not let us take back is the bookkeeper's to try again, and so is what stood in the ledger
    already: somebody has deleted or changed it there.
    """
    parked = select(WriteBack).where(
        WriteBack.state == WriteBackState.PARKED,
        clears_in(currency),
        WriteBack.external_id.is_(None),
        WriteBack.undo_reason.is_(None) | WriteBack.undone_at.is_not(None),
    )
    rows = session.scalars(parked.with_for_update()).all()
    for row in rows:
        row.state, row.reason = WriteBackState.WAITING, None
        wake(session, row, now=now)
    return len(rows)


def _accounts(session: Session, currency: str) -> BookingAccounts:
    chosen = session.scalars(
        select(BookingAccounts).where(BookingAccounts.currency == currency).with_for_update()
    ).one_or_none()
    if chosen is None:
        raise Rejected(f"Choose the accounts for {currency} first.")
    return chosen
