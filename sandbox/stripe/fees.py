"""What Stripe keeps of a charge, and takes for a dispute."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.stripe.currency import decimals

RATE = Decimal("0.015")
PER_CHARGE = Decimal("0.20")
_DISPUTE_FEES = {"gbp": 2000, "eur": 2000, "usd": 1500, "jpy": 1300, "kwd": 5000}


def stripe_fee(amount: int, currency: str) -> int:
    """1.5 % and 0.20 of the currency, in minor units, halves rounded up; never more than the charge."""
    fixed = PER_CHARGE.scaleb(decimals(currency))
    fee = int((amount * RATE + fixed).quantize(Decimal(1), ROUND_HALF_UP))
    return min(fee, amount)


def dispute_fee(currency: str) -> int:
    """What a dispute costs, in minor units. Assumed: 15 of a currency, where Stripe's page does not say."""
    return _DISPUTE_FEES.get(currency, int(Decimal(15).scaleb(decimals(currency))))


def fee_details(fee: int, currency: str) -> list[dict[str, Any]]:
    """The fee as the one line of which it is made."""
    return [
        {
            "amount": fee,
            "application": None,
            "currency": currency,
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
