"""What the business has booked by itself before the first day that we book, and what is learned of that time later.

A fee, a refund, a chargeback or a payout has a day of its own. Before the first day it is the business's, also if we
hear of it only afterwards; on that day or later it is ours, whatever the day of its payment. Of the day on which the
business says so, it can only have meant what we knew by then.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.database import tenant_of
from app.kit.errors import Rejected
from app.models import BookingAccounts, Payment, Tenant, WriteBack, WriteBackKind
from app.payments.entries import Entry

# A payment that succeeded after the word was given cannot have been meant; if it is in the books all the same, its
# invoice owes nothing any more, and that is asked about. A late fee is a charge that nobody but us has made.
_OURS = (
    WriteBackKind.PAYMENT,
    WriteBackKind.NOTE,
    WriteBackKind.OVERPAYMENT,
    WriteBackKind.LATE_FEE,
)
_WITH_THE_PAYMENT = (WriteBackKind.FEE, WriteBackKind.SURCHARGE)


def say_first_day(session: Session, chosen: BookingAccounts, first_day: date, *, now: datetime) -> None:
    """Keep what the business has said. An earlier day takes nothing back: what is in the books stays there.

    Raises Rejected for a day that lies ahead: what is yet to come cannot be in the books.
    """
    if first_day > _today(session, now) + timedelta(days=1):
        raise Rejected("Give tomorrow at the latest: what is yet to come cannot be in your books already.")
    if chosen.books_from is None or first_day >= chosen.books_from:
        chosen.books_from, chosen.books_from_said_at = first_day, now


def is_booked_by_business(session: Session, entry: Entry, *, payment_id: UUID | None) -> bool:
    """Whether an entry about to be put down is of the time that the business has booked by itself.

    What belongs to a payment that we had not recorded as paid when the word was given is ours with its payment.
    """
    if entry.kind in _OURS:
        return False
    payment = session.get_one(Payment, (tenant_of(session), payment_id)) if payment_id else None
    currency = (payment.fee_currency if payment else None) or entry.currency
    said = select(BookingAccounts).where(
        BookingAccounts.currency == currency, BookingAccounts.books_from > entry.booked_on
    )
    chosen = session.scalars(said).one_or_none()
    if chosen is None or chosen.books_from_said_at is None:
        return False
    if entry.kind not in _WITH_THE_PAYMENT and entry.booked_on >= _today(session, chosen.books_from_said_at):
        return False
    return payment is None or _was_recorded(session, payment, by=chosen.books_from_said_at)


def _today(session: Session, now: datetime) -> date:
    return local_date(now, session.get_one(Tenant, tenant_of(session)).time_zone)


def _was_recorded(session: Session, payment: Payment, *, by: datetime) -> bool:
    put_down_at = session.scalar(
        select(func.min(WriteBack.created_at)).where(
            WriteBack.payment_id == payment.id, WriteBack.kind == WriteBackKind.PAYMENT
        )
    )
    return put_down_at is not None and put_down_at <= by
