"""Rates that make an amount of one currency exactly another one. Pure.

Ledgers reckon what reaches an account from a rate, and tell it back to six decimals (the vendors' own examples; whether
any keeps more is not written down). A rate that does not give the cent is never sent.
"""

from decimal import Decimal

from app.connectors.entries import Arrived
from app.kit.errors import Rejected
from app.kit.money import rounded

_PLACES = Decimal("0.000001")


def home_for_foreign(amount: Decimal, arrived: Arrived) -> Decimal:
    """Units of the home currency for one of the entry's. Raises Rejected if none is exact."""
    rate = (arrived.amount / amount).quantize(_PLACES)
    if not rate or rounded(amount * rate, arrived.currency) != arrived.amount:
        raise _none_is_exact(amount, arrived)
    return rate


def foreign_for_base(amount: Decimal, arrived: Arrived) -> Decimal:
    """Units of the entry's currency for one of the base currency. Raises Rejected if none is exact."""
    rate = (amount / arrived.amount).quantize(_PLACES) if arrived.amount else Decimal(0)
    if not rate or rounded(amount / rate, arrived.currency) != arrived.amount:
        raise _none_is_exact(amount, arrived)
    return rate


def _none_is_exact(amount: Decimal, arrived: Arrived) -> Rejected:
    return Rejected(
        f"No exchange rate of six decimals makes {arrived.paid_in} {amount:,f} exactly the {arrived.currency} "
        f"{arrived.amount:,f} that arrived, and your ledger takes no finer one. Enter it there yourself, and say that "
        "you booked it yourself."
    )
