"""Why a refund did not reach the payer, for the business. Pure."""

from app.models import Refund
from app.payments.in_words import money

# The codes of docs.stripe.com/refunds#failed-refunds; others may come.
_WHY = {
    "lost_or_stolen_card": "The card was reported lost or stolen.",
    "expired_or_canceled_card": "The card has expired or was canceled.",
    "declined": "The customer's bank refused it.",
    "insufficient_funds": "The Stripe balance was too small.",
    "charge_for_pending_refund_disputed": "The customer's bank had taken the payment back in the meantime.",
    "merchant_request": "It was called off.",
    "canceled": "It was called off.",
}
NEVER_ARRIVED = "Stripe has no such refund, though we tried to send it. Nothing was given back."


def why_failed(code: str | None) -> str:
    """A sentence for the processor's code."""
    return _WHY.get(code or "", f"Stripe says: {code}." if code else "Stripe does not say why.")


def what_to_do(refund: Refund) -> str:
    """What a person is asked when a refund has failed."""
    return (
        f"The refund of {money(refund.amount, refund.currency)} did not reach the customer. {refund.failure} "
        "The business still has the money: refund it again, or give it back in another way."
    )
