"""Amounts and days as the payer's country writes them. Pure."""

from datetime import date, timedelta
from decimal import Decimal

from babel import localedata
from babel.dates import format_date
from babel.numbers import format_currency

_DEFAULT = "en_GB"


def locale_of(country_code: str) -> str:
    """English as the business's country writes it."""
    locale = f"en_{country_code.upper()}"
    return locale if localedata.exists(locale) else _DEFAULT


def money(amount: Decimal, currency: str, locale: str) -> str:
    """£1,234.50"""
    return format_currency(amount, currency, locale=locale)


def day(value: date, locale: str) -> str:
    """3 Dec 2026"""
    return format_date(value, "medium", locale=locale)


def overdue(due_on: date, today: date) -> str:
    """12 days overdue, due today, due in 3 days"""
    days = (today - due_on).days
    if days == 0:
        return "due today"
    number = "1 day" if abs(days) == 1 else f"{abs(days):,} days"
    return f"{number} overdue" if days > 0 else f"due in {number}"


def roughly(after: timedelta | None) -> str:
    """When to come back, in words that are never too early."""
    if after is None:
        return "later"
    minutes = -(-int(after.total_seconds()) // 60)
    if minutes <= 1:
        return "in a minute"
    return f"in {minutes} minutes" if minutes <= 90 else f"in {-(-minutes // 60)} hours"
