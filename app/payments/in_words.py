"""Amounts and days as a sentence of ours says them. Pure."""

from datetime import date
from decimal import Decimal

from app.kit.money import rounded


def money(amount: Decimal, currency: str) -> str:
    """`GBP 1,250.00`: with the currency's own digits."""
    return f"{currency} {rounded(amount, currency):,f}"


def day(on: date) -> str:
    """`5 Nov 2026`."""
    return f"{on.day} {on:%b %Y}"
