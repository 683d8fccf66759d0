"""Amounts with as many decimals as their currency has."""

from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
ONE = Decimal(1)
RATE_PLACES = Decimal("0.000001")
USUAL_DIGITS = 2
DIGITS = {"JPY": 0, "KRW": 0, "CLP": 0, "VND": 0, "ISK": 0, "BHD": 3, "KWD": 3, "JOD": 3, "OMR": 3, "TND": 3}
NAMES = {
    "USD": "United States Dollar",
    "EUR": "Euro",
    "GBP": "British Pound Sterling",
    "CAD": "Canadian Dollar",
    "AUD": "Australian Dollar",
    "JPY": "Japanese Yen",
    "KWD": "Kuwaiti Dinar",
}


def digits(currency: str) -> int:
    """How many decimals a currency has: 0, 2 or 3."""
    return DIGITS.get(currency, USUAL_DIGITS)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """To the smallest unit of the currency, half up."""
    return amount.quantize(ONE.scaleb(-digits(currency)), ROUND_HALF_UP)


def fits(amount: Decimal, currency: str) -> bool:
    """Whether an amount has no more decimals than its currency."""
    return amount == rounded(amount, currency)


def currency_name(currency: str) -> str:
    return NAMES.get(currency, currency)
