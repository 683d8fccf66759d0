"""Who paid."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.models import Checkout, PayLink, Payment


def customer_of(session: Session, payment: Payment) -> UUID:
    """The customer whose pay link a payment came through."""
    checkout = session.get_one(Checkout, (payment.tenant_id, payment.checkout_id))
    return session.get_one(PayLink, (checkout.tenant_id, checkout.pay_link_id)).customer_id
