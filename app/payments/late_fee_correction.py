"""A charge for paying late that was too much: its invoice is taken out of the ledger, and made anew with what is owed.

There is one row and one charge all the time. What cannot be taken out, because somebody has paid on it, waits for a
person, and the charge stays what it was.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.database import tenant_of
from app.models import LateFee, LateFeeState, Tenant, WriteBack, WriteBackState
from app.payments.write_back_rows import wake, want_undone


def make_anew(
    session: Session, late_fee: LateFee, *, reason: str, asked_by: UUID | None, now: datetime
) -> None:
    """Have a charge made anew with what is `owed` of it. Its `correction_asked_at` is set."""
    cause = select(WriteBack).where(WriteBack.late_fee_id == late_fee.id)
    row = session.scalars(cause.with_for_update()).one_or_none()
    if row is None or row.state is WriteBackState.UNDONE:
        return
    want_undone(session, row, reason=reason, asked_by=asked_by, now=now)
    if row.undone_at is not None:  # it was never sent
        book_what_is_owed(session, row, now=now)


def book_what_is_owed(session: Session, row: WriteBack, *, now: datetime) -> None:
    """The old invoice is gone: the new one is on its way, dated today. For every other entry nothing happens."""
    late_fee = (
        session.get(LateFee, (tenant_of(session), row.late_fee_id), with_for_update=True)
        if row.late_fee_id
        else None
    )
    if late_fee is None or late_fee.state is not LateFeeState.CHARGED or not late_fee.owed:
        return
    if late_fee.correction_asked_at is None:
        return
    _restate(late_fee)
    make_again(session, late_fee, row, now=now)


def make_again(session: Session, late_fee: LateFee, row: WriteBack, *, now: datetime) -> None:
    """Have the invoice of a charge made again, dated today. `row`, locked by the caller, was taken back."""
    _date_today(session, late_fee, now=now)
    row.amount, row.booked_on = late_fee.amount, late_fee.issued_on or row.booked_on
    row.state, row.undo_reason, row.undo_asked_by, row.undone_at = WriteBackState.WAITING, None, None, None
    wake(session, row, now=now)


def _date_today(session: Session, late_fee: LateFee, *, now: datetime) -> None:
    """The customer has as many days to pay as before."""
    today = local_date(now, session.get_one(Tenant, late_fee.tenant_id).time_zone)
    to_pay_in = late_fee.due_on - late_fee.issued_on if late_fee.due_on and late_fee.issued_on else None
    late_fee.issued_on, late_fee.due_on = today, today + to_pay_in if to_pay_in is not None else None


def _restate(late_fee: LateFee) -> None:
    """What was charged first is kept."""
    assert late_fee.owed is not None  # noqa: S101 (asked before)
    late_fee.charged_at_first = late_fee.charged_at_first or late_fee.amount
    late_fee.amount, late_fee.owed, late_fee.owed_because = late_fee.owed, None, None
    late_fee.correction_asked_at = None
