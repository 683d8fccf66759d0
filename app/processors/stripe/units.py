"""Amounts as Stripe writes them: whole numbers of a unit that is not always the currency's own smallest.

Stripe's units are its own list (docs.stripe.com/currencies), not ISO's or CLDR's: it counts Serbian dinars
in hundredths though none are used, and Icelandic krónur and Ugandan shillings in hundredths that must be full.
"""

from decimal import Decimal

from app.kit.errors import Rejected

_WHOLE = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
_THOUSANDTHS = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))
_FULL_HUNDREDTHS = frozenset(("ISK", "UGX"))


def _digits(currency: str) -> int:
    return 0 if currency in _WHOLE else 3 if currency in _THOUSANDTHS else 2


def _step(currency: str) -> int:
    # Card networks settle thousandths in steps of ten.
    return 10 if currency in _THOUSANDTHS else 100 if currency in _FULL_HUNDREDTHS else 1


def to_units(amount: Decimal, currency: str) -> int:
    """`amount` as Stripe's number. Raises Rejected for an amount too fine to be paid by card."""
    scaled = amount.scaleb(_digits(currency))
    if scaled != scaled.to_integral_value() or scaled % _step(currency):
        raise Rejected(f"{currency} {amount:f} cannot be paid by card: the amount is too fine.")
    return int(scaled)


def from_units(units: int, currency: str) -> Decimal:
    """The amount that Stripe's number means."""
    return Decimal(units).scaleb(-_digits(currency))
