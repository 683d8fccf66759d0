"""What of a payment can still be given back, and what of that is the surcharge for paying by card."""

from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kit.errors import Rejected
from app.models import Chargeback, Payment, PaymentState, Refund, RefundState
from app.payments.in_words import money
from app.payments.surcharge import RefundMode, surcharge_in_refund


def left_to_give_back(session: Session, payment: Payment) -> Decimal:
    """What of a payment is neither given back, nor about to be, nor taken back by the payer's bank."""
    if payment.state is not PaymentState.SUCCEEDED:
        return Decimal(0)
    given = session.scalar(
        select(func.sum(Refund.amount)).where(
            Refund.payment_id == payment.id, Refund.state != RefundState.FAILED
        )
    )
    taken = session.scalar(
        select(func.sum(Chargeback.amount)).where(
            Chargeback.payment_id == payment.id,
            Chargeback.withdrawn_at.is_not(None),
            Chargeback.reinstated_at.is_(None),
        )
    )
    return max(payment.amount - (given or Decimal(0)) - (taken or Decimal(0)), Decimal(0))


def surcharge_left(session: Session, payment: Payment) -> Decimal:
    """What of the surcharge has not been given back, and is not about to be."""
    given = session.scalar(
        select(func.sum(Refund.surcharge)).where(
            Refund.payment_id == payment.id, Refund.state != RefundState.FAILED
        )
    )
    return min(payment.surcharge - (given or Decimal(0)), left_to_give_back(session, payment))


def surcharge_given_back(session: Session, payment: Payment, amount: Decimal, mode: RefundMode) -> Decimal:
    """What of a refund that is not written down yet is surcharge. Raises Rejected for more than may go back so."""
    if payment.surcharge == 0:
        return Decimal(0)
    left, added = left_to_give_back(session, payment), surcharge_left(session, payment)
    if mode is RefundMode.KEPT and amount > left - added:
        raise Rejected(
            f"Without the surcharge only {money(left - added, payment.currency)} can be given back. Give less, or "
            "let the surcharge go back, too."
        )
    return surcharge_in_refund(
        amount,
        left=left,
        surcharge_left=added,
        paid=payment.amount,
        surcharge=payment.surcharge,
        mode=mode,
        currency=payment.currency,
    )
