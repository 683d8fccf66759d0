"""Asking for a refund: checked against what is left of the payment, written down, then sent by a task (law 2)."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import NotFound, Rejected
from app.kit.ground import Ground
from app.kit.money import to_minor
from app.models import Chargeback, Payment, PaymentState, Refund, RefundState
from app.payments.in_words import money
from app.payments.refunds_surcharge import left_to_give_back, surcharge_given_back
from app.payments.surcharge import RefundMode
from app.tasks import kinds
from app.tasks.queue import enqueue


def ask_for_refund(
    ground: Ground,
    tenant_id: UUID,
    *,
    payment_id: UUID,
    amount: Decimal,
    reason: str,
    asked_by: UUID,
    mode: RefundMode = RefundMode.WITH_ALL,
) -> UUID:
    """Give back `amount` of a payment; the id of the refund, whose task has begun when this returns.

    `mode` says what of the amount is a surcharge that goes back, where the payment has one.

    Raises NotFound for a payment that is not there, and Rejected, in words for whoever asked, for a refund that
    cannot be: more than is left, nothing arrived yet, or another refund of the payment is being sent just now.
    """
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        payment = session.get(Payment, (tenant_id, payment_id), with_for_update=True)
        if payment is None:
            raise NotFound("There is no such payment here.")
        _check(session, payment, amount)
        row = Refund(
            tenant_id=tenant_id,
            id=uuid4(),
            payment_id=payment.id,
            currency=payment.currency,
            amount=amount,
            surcharge=surcharge_given_back(session, payment, amount, mode),
            state=RefundState.ASKED,
            reason=reason.strip() or None,
            asked_by=asked_by,
            created_at=now,
        )
        session.add(row)
        wake_refund(session, row, now=now)
        return row.id


def wake_refund(session: Session, row: Refund, *, now: datetime) -> None:
    """Let a worker send it, or find out what became of it."""
    key = refund_key(row.id)
    enqueue(
        session,
        kind=kinds.REFUND,
        tenant_id=row.tenant_id,
        subject_id=row.id,
        key=key,
        run_at=now,
        now=now,
    )


def refund_key(refund_id: UUID) -> str:
    """The key of a refund's task."""
    return f"{kinds.REFUND}:{refund_id}"


def _check(session: Session, payment: Payment, amount: Decimal) -> None:
    if payment.state is not PaymentState.SUCCEEDED:
        raise Rejected("The money of this payment has not arrived, so there is nothing to give back.")
    _check_fineness(amount, payment.currency)
    if _is_taken_back(session, payment):
        raise Rejected(
            "The customer's bank has taken this payment back (a chargeback). Stripe allows no refund of it, so "
            "that nobody gets the money twice."
        )
    if _is_being_refunded(session, payment):
        raise Rejected(
            "Another refund of this payment is on its way to Stripe. Wait until its outcome is shown, then ask again."
        )
    left = left_to_give_back(session, payment)
    if left == 0:
        raise Rejected("All of this payment has been given back already.")
    if amount > left:
        raise Rejected(
            f"{money(amount, payment.currency)} is too much: only {money(left, payment.currency)} of this payment "
            "is left to give back."
        )


def _check_fineness(amount: Decimal, currency: str) -> None:
    if not amount.is_finite() or amount <= 0:
        raise Rejected("Say how much is to be given back: an amount above zero.")
    try:
        to_minor(amount, currency)
    except ValueError:
        raise Rejected(f"{currency} {amount:f} has more digits than {currency} has.") from None


def _is_taken_back(session: Session, payment: Payment) -> bool:
    taken = select(Chargeback.id).where(
        Chargeback.payment_id == payment.id,
        Chargeback.withdrawn_at.is_not(None),
        Chargeback.reinstated_at.is_(None),
    )
    return session.scalars(taken).first() is not None


def _is_being_refunded(session: Session, payment: Payment) -> bool:
    """A second press of the button, or a second person: one at a time, so that neither gives back twice."""
    asked = select(Refund.id).where(Refund.payment_id == payment.id, Refund.state == RefundState.ASKED)
    return session.scalars(asked).first() is not None


def asked_refund(session: Session, refund_id: UUID) -> Refund | None:
    """A refund that the processor has not answered yet, locked; None once it has."""
    row = session.get(Refund, (tenant_of(session), refund_id), with_for_update=True)
    return row if row is not None and row.state is RefundState.ASKED else None
