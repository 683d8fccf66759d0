"""A payment that was given back before it was ever booked: the two cancel each other, if the bookkeeper says so.

Mostly it is the second payment of one invoice. Its entry asks a person, because the invoice owes nothing any more, and
the refund waits for it. There are three ways out: book neither, book both (the payment as the customer's credit), or
have booked both by hand.
"""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connectors.base import FeeStyle
from app.kit.errors import NotFound, Rejected
from app.kit.ground import Ground
from app.models import WriteBack, WriteBackKind, WriteBackState
from app.payments.on_clearing import clearing_currency, on_clearing
from app.payments.outcomes import after_done
from app.payments.overpaid import book_as_credit, drop_note
from app.payments.remedies import settle_by_hand

_OPEN = (WriteBackState.WAITING, WriteBackState.PARKED)
_NEITHER = "Not booked: the payment and its refund cancel each other."
_NOT_EQUAL = (
    "The payment and what was given back of it do not cancel each other any more. Look at both entries, and say of "
    "each what became of it."
)


def cancel_each_other(rows: Sequence[WriteBack]) -> list[WriteBack]:
    """Of all entries of one payment: payments and refunds that were never sent, if both come to the same. Pure."""
    never = [
        row
        for row in rows
        if row.state in _OPEN and row.sent_at is None and row.external_id is None and row.amount
    ]
    paid = [row for row in never if row.kind is WriteBackKind.PAYMENT]
    given_back = [row for row in never if row.kind is WriteBackKind.REFUND]
    # Nobody is asked about what is only on its way.
    asks = any(row.state is WriteBackState.PARKED for row in paid)
    is_equal = _sum(paid) == _sum(given_back) and _on_clearing(paid) == _on_clearing(given_back)
    return [*paid, *given_back] if asks and is_equal else []


def book_neither(ground: Ground, tenant_id: UUID, row_id: UUID) -> None:
    """No entry is made for what was paid and given back. The fee that the processor kept is booked by itself.

    Raises NotFound for an unknown entry, Rejected if the two do not come to the same (any more).
    """
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        rows = _cancelling(session, tenant_id, row_id)
        for row in rows:
            row.state, row.reason, row.done_at = WriteBackState.DONE, _NEITHER, now
            if row.kind is WriteBackKind.PAYMENT:
                # There is nothing to deposit: the fee leaves the clearing account, whatever the style.
                row.fee_style = FeeStyle.EXPENSE
                drop_note(session, row)
        for row in rows:
            after_done(session, row, now=now)


def book_both(ground: Ground, tenant_id: UUID, row_id: UUID) -> None:
    """What was paid becomes the customer's credit, and what was given back is booked after it. Raises as the other."""
    with ground.database.tenant(tenant_id) as session:
        rows = _cancelling(session, tenant_id, row_id)
        paid = [row.id for row in rows if row.kind is WriteBackKind.PAYMENT]
    for payment_row in paid:
        book_as_credit(ground, tenant_id, payment_row)


def booked_both_by_hand(ground: Ground, tenant_id: UUID, row_id: UUID) -> None:
    """The bookkeeper has entered both. Raises as the others."""
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        rows = _cancelling(session, tenant_id, row_id)
        for row in rows:
            settle_by_hand(row, now=now)
        for row in rows:
            after_done(session, row, now=now)


def _cancelling(session: Session, tenant_id: UUID, row_id: UUID) -> list[WriteBack]:
    row = session.get(WriteBack, (tenant_id, row_id))
    if row is None or row.payment_id is None:
        raise NotFound("There is no such entry.")
    of_payment = select(WriteBack).where(WriteBack.payment_id == row.payment_id).order_by(WriteBack.id)
    locked = session.scalars(of_payment.with_for_update().execution_options(populate_existing=True)).all()
    found = cancel_each_other(locked)
    if row_id not in [one.id for one in found]:
        raise Rejected(_NOT_EQUAL)
    return found


def _on_clearing(rows: Sequence[WriteBack]) -> dict[str, Decimal]:
    """What they move on clearing accounts: a payment and its refund may have been changed at two rates."""
    moved: dict[str, Decimal] = {}
    for row in rows:
        currency = clearing_currency(row)
        moved[currency] = moved.get(currency, Decimal(0)) + on_clearing(row)
    return moved


def _sum(rows: Sequence[WriteBack]) -> Decimal:
    return sum((row.amount for row in rows), Decimal(0))
