"""Amounts and days as the payer's language and the business's country write them. Pure."""

from datetime import date, timedelta
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent, get_decimal_symbol

from app.portal.speech import Speech

_OTHER_MARK = str.maketrans(".,", ",.")


def money(amount: Decimal, currency: str, locale: str) -> str:
    """£1,234.50"""
    return format_currency(amount, currency, locale=locale)


def percent(number: Decimal, locale: str) -> str:
    """1.5%"""
    return format_percent(number / 100, locale=locale, decimal_quantization=False)


def day(value: date, locale: str) -> str:
    """3 Dec 2026"""
    return format_date(value, "medium", locale=locale)


def decimal_mark(locale: str) -> str:
    """What stands before the pence: a comma or, where it is anything else, a point."""
    return "," if get_decimal_symbol(locale) == "," else "."


def with_mark(amount: str, mark: str) -> str:
    """A plain amount such as `1,234.50` with another decimal mark, or such an amount made plain."""
    return amount.translate(_OTHER_MARK) if mark == "," else amount


def overdue(due_on: date, today: date, speech: Speech) -> str:
    """12 days overdue, due today, due in 3 days"""
    days, when = (today - due_on).days, speech.words["when"]
    if days == 0:
        return when["due_today"]
    side, number = ("overdue" if days > 0 else "due_in"), ("one" if abs(days) == 1 else "many")
    return when[f"{side}_{number}"].format(count=format_decimal(abs(days), locale=speech.locale))


def roughly(after: timedelta | None, speech: Speech) -> str:
    """When to come back, in words that are never too early."""
    when = speech.words["when"]
    if after is None:
        return when["later"]
    minutes = -(-int(after.total_seconds()) // 60)
    if minutes <= 1:
        return when["minute"]
    if minutes <= 90:
        return when["minutes"].format(count=minutes)
    return when["hours"].format(count=-(-minutes // 60))
