"""The payment that money moving at the processor belongs to, if it is one of ours. The account has other sales too."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.ground import Ground
from app.models import Payment, PaymentState
from app.payments.settlement import settle_payment


def ensure_recorded(ground: Ground, tenant_id: UUID, *, account: str, payment: str | None) -> bool:
    """Whether a payment at the processor is ours. News of its money may come before the news of itself."""
    if payment is None:
        return False
    with ground.database.tenant(tenant_id) as session:
        known = session.scalar(select(Payment.state).where(Payment.external_id == payment))
    if known is PaymentState.SUCCEEDED:
        return True
    return settle_payment(ground, tenant_id, account=account, payment_id=payment) is not None


def locked_payment(session: Session, external_id: str | None) -> Payment:
    """A recorded payment, by the processor's id. Whoever writes down where its money went holds its lock."""
    return session.scalars(select(Payment).where(Payment.external_id == external_id).with_for_update()).one()
