"""Days and amounts in the sentences that are kept with a decision. Pages write their own, in the reader's way."""

from datetime import date
from decimal import Decimal

from app.kit.money import minor_digits


def say_day(value: date) -> str:
    """3 Dec 2026"""
    return f"{value.day} {value:%b %Y}"


def say_amount(amount: Decimal, currency: str) -> str:
    """1,234.50 GBP"""
    return f"{amount:,.{minor_digits(currency)}f} {currency}"
