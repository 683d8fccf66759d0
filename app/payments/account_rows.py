"""The processor's account that something happened on. A tenant whose account has ended may have had several."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Checkout, Payment, ProcessorAccount


def account_row(session: Session, external_id: str, *, is_locked: bool = False) -> ProcessorAccount | None:
    """By the processor's id of it; None if it is not this tenant's."""
    wanted = select(ProcessorAccount).where(ProcessorAccount.external_id == external_id)
    return session.scalars(wanted.with_for_update() if is_locked else wanted).one_or_none()


def account_of(session: Session, payment: Payment) -> str:
    """The processor's id of the account that a payment went to."""
    checkout = session.get_one(Checkout, (payment.tenant_id, payment.checkout_id))
    owner = session.get_one(ProcessorAccount, (checkout.tenant_id, checkout.processor_account_id))
    if owner.external_id is None:
        raise LookupError("a payment cannot go to an account that does not exist yet")
    return owner.external_id
