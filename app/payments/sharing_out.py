"""How much of what a payment became in another currency belongs to which of its entries.

The shares add up to the whole to the cent, and stay as they are when a part of one invoice becomes a credit: the credit
stands beside its invoice, and nothing moves but the border between the two.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.money import rounded
from app.models import Payment, WriteBack
from app.payments.conversion import CAME_IN, OF_THE_BALANCE
from app.payments.moved_by import MOVED_BY, movements_of


def shares(amounts: Sequence[Decimal], *, moved: Decimal, currency: str) -> list[Decimal]:
    """`moved` in proportion to `amounts`, each rounded so that all before it come out right together. Pure."""
    whole, before, given, found = sum(amounts, Decimal(0)), Decimal(0), Decimal(0), []
    for amount in amounts:
        before += amount
        upto = rounded(moved * before / whole, currency) if whole else Decimal(0)
        found.append(upto - given)
        given = upto
    return found


def share_out(session: Session, row: WriteBack, payment: Payment) -> None:
    """Say of an entry whose money was changed on its way how much of that money is its own, once it is known."""
    if row.kind in OF_THE_BALANCE or payment.fee_currency in (None, payment.currency):
        return
    if row.kind in CAME_IN:
        came_in = select(WriteBack).where(WriteBack.payment_id == payment.id, WriteBack.kind.in_(CAME_IN))
        _say(_in_order(session.scalars(came_in)), moved=payment.settled, currency=payment.fee_currency)
    elif row.cleared is None:
        _say(_moved_with(session, row), moved=_moved(session, row, payment), currency=payment.fee_currency)


def _say(rows: Sequence[WriteBack], *, moved: Decimal | None, currency: str | None) -> None:
    if moved is None or currency is None:
        return
    parts = shares([row.amount for row in rows], moved=moved, currency=currency)
    for row, part in zip(rows, parts, strict=True):
        row.cleared, row.cleared_currency = part, currency


def _moved(session: Session, row: WriteBack, payment: Payment) -> Decimal | None:
    """What the balance moved by; None where it has not told yet, or has moved more than once: nobody knows for what."""
    told = movements_of(session, row)
    if len(told) != 1 or told[0].currency != payment.fee_currency:
        return None
    return abs(told[0].gross)


def _moved_with(session: Session, row: WriteBack) -> list[WriteBack]:
    """The entries that the same movement is for: a refund and the surcharge in it."""
    kinds = next((moved for moved in MOVED_BY.values() if row.kind in moved), ())
    same = select(WriteBack).where(
        WriteBack.kind.in_(kinds),
        WriteBack.refund_id.is_not_distinct_from(row.refund_id),
        WriteBack.chargeback_id.is_not_distinct_from(row.chargeback_id),
    )
    return _in_order(session.scalars(same))


def _in_order(rows: Iterable[WriteBack]) -> list[WriteBack]:
    """What is for an invoice stands beside its credit; what is for none comes last."""
    return sorted(rows, key=lambda row: (row.invoice_id is None, str(row.invoice_id), row.kind))
