"""A payer paying: the hosted checkout, and the payment that comes of it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.models import PaymentState


@dataclass(frozen=True, slots=True)
class CheckoutLine:
    """One invoice in a checkout, as the payer reads it."""

    name: str
    amount: Decimal
    is_surcharge: bool = False
    """It is for no invoice, but for paying by card."""


@dataclass(frozen=True, slots=True)
class CheckoutFacts:
    """A hosted session. `payment_external_id` appears once the payer has begun to pay."""

    external_id: str
    url: str | None
    is_open: bool
    is_expired: bool
    payment_external_id: str | None
    payment_state: PaymentState | None
    amount: Decimal
    currency: str
    checkout_reference: str | None
    """Our checkout's id, which we attached when opening the session; None for a stranger's session."""


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """A payment as the processor has it now. The fee appears later than the payment."""

    external_id: str
    state: PaymentState | None
    """None while the payer has not finished paying."""
    amount: Decimal
    currency: str
    paid_at: datetime | None
    fee: Decimal | None
    fee_currency: str | None
    checkout_reference: str | None
    """Our checkout's id, which we attached when opening the session."""
    settled: Decimal | None = None
    """What reached the balance before the fee, in the fee's currency; it comes with the fee."""
    exchange_rate: Decimal | None = None
    """Units of the fee's currency for one of the payment's; None when they are the same."""
    charge_external_id: str | None = None
    """The last attempt to take the money."""
    refunded: Decimal = Decimal()
    """How much was given back or is on its way back, in the payment's currency."""
    is_disputed: bool = False
