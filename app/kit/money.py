"""Money is a Decimal beside an ISO 4217 currency code; never a float, never recomputed from parts."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import cast

from babel.core import get_global
from babel.numbers import get_currency_precision

# CLDR tells how money is handed over: without the coins that nobody carries any more. Ledgers, banks and ISO 4217 still
# write them, and 1,234.50 of such a currency is not 1,234. Babel knows one table, for all formats and digits.
_HUNDREDTHS = ("AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MMK", "RSD", "SOS", "SYP", "YER")
_DIGITS = cast(dict[str, tuple[int, int, int, int]], get_global("currency_fractions"))
_DIGITS.update(dict.fromkeys(_HUNDREDTHS, (2, 0, 2, 0)), IQD=(3, 0, 3, 0))

# A comma is only ever between thousands, so that 12,50 is never taken for 1250.
_TYPED = re.compile(r"-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?", re.ASCII)


def minor_digits(currency: str) -> int:
    """How many digits a currency has after the point: 2 for GBP, 0 for JPY, 3 for KWD."""
    return get_currency_precision(currency)


def to_minor(amount: Decimal, currency: str) -> int:
    """`amount` in the currency's smallest unit. Raises ValueError if it has finer digits than the currency."""
    scaled = amount.scaleb(minor_digits(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{currency} has no amounts that fine")
    return int(scaled)


def from_minor(units: int, currency: str) -> Decimal:
    """The amount that `units` of the currency's smallest unit make, with the currency's own digits."""
    return Decimal(units).scaleb(-minor_digits(currency))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """`amount` rounded half up to the currency's digits."""
    return amount.quantize(Decimal(1).scaleb(-minor_digits(currency)), rounding=ROUND_HALF_UP)


def typed_number(text: str) -> Decimal | None:
    """A number as people type it, with commas between thousands or without; None for anything else."""
    plain = text.strip()
    return Decimal(plain.replace(",", "")) if _TYPED.fullmatch(plain) else None
