"""What is known of a checkout, for the page its payer comes back to. It reads, and records nothing (law 3)."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from app.kit.ground import Ground
from app.models import Checkout, CheckoutState, Payment, PaymentState, Tenant
from app.payments.links import LinkPlace


@dataclass(frozen=True, slots=True)
class Outcome:
    """One checkout of a link."""

    business_name: str
    amount: Decimal
    currency: str
    state: PaymentState | None
    """None until the processor has told."""
    is_closed: bool
    """The page has ended without a payment."""


def outcome(ground: Ground, place: LinkPlace, checkout_id: UUID | None) -> Outcome | None:
    """None unless the checkout is one of this link's."""
    with ground.database.tenant(place.tenant_id) as session:
        tenant = session.get_one(Tenant, place.tenant_id)
        checkout = session.get(Checkout, (place.tenant_id, checkout_id)) if checkout_id else None
        if checkout is None or checkout.pay_link_id != place.link_id:
            return None
        state = session.scalar(select(Payment.state).where(Payment.checkout_id == checkout.id))
        return Outcome(
            business_name=tenant.name,
            amount=checkout.amount,
            currency=checkout.currency,
            state=state,
            is_closed=checkout.state is CheckoutState.EXPIRED,
        )
