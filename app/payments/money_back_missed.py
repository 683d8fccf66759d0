"""What a payment's own record says of money given or taken back, against what we have written down of it."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kit.ground import Ground
from app.models import Chargeback, Payment, Refund, RefundState
from app.payments.chargebacks import settle_chargebacks_of
from app.payments.refunds_recording import settle_refunds_of
from app.processors.base import PaymentFacts


def find_money_back(
    ground: Ground, tenant_id: UUID, *, account: str, payment: Payment, facts: PaymentFacts
) -> None:
    """Read the payment's refunds or disputes if its record tells of some that we do not know."""
    with ground.database.tenant(tenant_id) as session:
        is_refund_missing = facts.refunded != _given_back(session, payment)
        is_chargeback_missing = facts.is_disputed and not _is_disputed(session, payment)
    if is_refund_missing:
        settle_refunds_of(ground, tenant_id, account=account, payment=facts.external_id)
    if is_chargeback_missing:
        settle_chargebacks_of(ground, tenant_id, account=account, payment=facts.external_id)


def _given_back(session: Session, payment: Payment) -> Decimal:
    given = session.scalar(
        select(func.sum(Refund.amount)).where(
            Refund.payment_id == payment.id,
            Refund.external_id.is_not(None),
            Refund.state != RefundState.FAILED,
        )
    )
    return given or Decimal(0)


def _is_disputed(session: Session, payment: Payment) -> bool:
    return session.scalar(select(Chargeback.id).where(Chargeback.payment_id == payment.id)) is not None
