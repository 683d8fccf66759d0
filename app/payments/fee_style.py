"""How the fee of one payment stands in the books, which also says where the payment itself goes.

As an expense, the payment goes to the clearing account and the fee leaves it. In a deposit, the payment waits
where the ledger keeps undeposited money until the deposit gathers it. The two must not be torn apart by a
change of the setting, so the first entry of a payment that is sent fixes the style for all of them.
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connectors.base import FeeStyle
from app.kit.errors import Retryable
from app.models import BookingAccounts, Payment, WriteBack, WriteBackKind
from app.payments.tenant_ledger import fee_styles

STYLED = (WriteBackKind.PAYMENT, WriteBackKind.FEE)


def style_of(session: Session, row: WriteBack, payment: Payment) -> FeeStyle:
    """The style that the payment's entries have, or would have if one were sent now."""
    if row.kind not in STYLED or _is_all_credit(session, row):
        return FeeStyle.EXPENSE
    if (fixed := _fixed(session, row)) is not None:
        return fixed
    offered = fee_styles(session)
    # A deposit has one currency, so that a fee in another one cannot be a line of it.
    if payment.fee_currency not in (None, payment.currency):
        return FeeStyle.EXPENSE
    chosen = session.scalar(
        select(BookingAccounts.fee_style).where(BookingAccounts.currency == payment.currency)
    )
    return FeeStyle(chosen) if chosen in offered else offered[0]


def fix_style(session: Session, row: WriteBack, style: FeeStyle) -> None:
    """Keep the style right before the entry is sent. Raises Retryable if another entry has fixed the other one."""
    session.get_one(Payment, (row.tenant_id, row.payment_id), with_for_update=True)
    fixed = _fixed(session, row)
    if fixed not in (None, style):
        raise Retryable("The way fees are booked has just been changed. We look again.", after=timedelta())
    row.fee_style = style


def _is_all_credit(session: Session, row: WriteBack) -> bool:
    """No invoice could take any of it: what became the customer's credit is in no deposit."""
    amounts = session.scalars(
        select(WriteBack.amount).where(
            WriteBack.payment_id == row.payment_id, WriteBack.kind == WriteBackKind.PAYMENT
        )
    ).all()
    return bool(amounts) and not any(amounts)


def _fixed(session: Session, row: WriteBack) -> FeeStyle | None:
    told = session.scalars(
        select(WriteBack.fee_style)
        .where(WriteBack.payment_id == row.payment_id, WriteBack.fee_style.is_not(None))
        .limit(1)
    ).first()
    return FeeStyle(told) if told else None
