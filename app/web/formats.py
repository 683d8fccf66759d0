"""How money, days and times read. Pure functions, and the template filters made of them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal
from flask import Flask, g

from app.kit.money import minor_digits
from app.reminders.compose import clean
from app.web.here import now, today

_DEFAULT_LOCALE = "en_GB"

# Overdue is ordinary in a list of overdue invoices; only what is older than a month is coloured.
MARKED_AFTER_DAYS = 30


def money(amount: Decimal, currency: str, locale: str = _DEFAULT_LOCALE) -> str:
    """An amount with its currency: £1,234.50."""
    return format_currency(amount, currency, locale=locale)


def figure(amount: Decimal, currency: str, locale: str = _DEFAULT_LOCALE) -> str:
    """An amount in a column whose head names the currency: 1,234.50."""
    digits = minor_digits(currency)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(amount, format=pattern, locale=locale)


def day(value: date, today: date, locale: str = _DEFAULT_LOCALE) -> str:
    """A date as people say it: Tue 3 Dec, with the year only if it is not this one."""
    month_first = locale == "en_US"
    pattern = "EEE, MMM d" if month_first else "EEE d MMM"
    if value.year != today.year:
        pattern += ", y" if month_first else " y"
    return format_date(value, pattern, locale="en_US" if month_first else _DEFAULT_LOCALE).replace(
        "Sept", "Sep"
    )


def long_day(value: date, locale: str = _DEFAULT_LOCALE) -> str:
    """A date in full: Friday 20 November."""
    pattern = "EEEE, MMMM d" if locale == "en_US" else "EEEE d MMMM"
    return format_date(value, pattern, locale=locale)


def month_name(value: date) -> str:
    """A month in a row of months: Nov."""
    return format_date(value, "MMM", locale="en_US")


def clock_time(value: datetime, zone: str, locale: str = _DEFAULT_LOCALE) -> str:
    """A time of day where the organisation is: 09:05, or 9:05 AM."""
    pattern = "h:mm a" if locale == "en_US" else "HH:mm"
    return format_time(value.astimezone(ZoneInfo(zone)), pattern, locale=locale)


def moment(value: datetime, zone: str, today: date, locale: str = _DEFAULT_LOCALE) -> str:
    """A day and a time: Tue 3 Dec, 09:05."""
    return f"{day(value.astimezone(ZoneInfo(zone)).date(), today, locale)}, {clock_time(value, zone, locale)}"


def overdue(due_on: date, today: date) -> str:
    """Where an open invoice stands: 12 days overdue, due today, due in 3 days."""
    days = (today - due_on).days
    if days == 0:
        return "due today"
    return f"{_days(days)} overdue" if days > 0 else f"due in {_days(-days)}"


def days_late(due_on: date, today: date) -> str:
    """The same in a column that says Overdue: 12 days, today, in 3 days."""
    days = (today - due_on).days
    if days == 0:
        return "today"
    return _days(days) if days > 0 else f"in {_days(-days)}"


def is_late(due_on: date, today: date) -> bool:
    """Whether an open invoice is so overdue that the page marks it."""
    return (today - due_on).days > MARKED_AFTER_DAYS


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"


def step_name(offset_days: int) -> str:
    """A cadence's step by its place: 7 days after due, on the due date, 3 days before due."""
    if offset_days == 0:
        return "on the due date"
    return f"{_days(offset_days)} after due" if offset_days > 0 else f"{_days(-offset_days)} before due"


def ago(then: datetime, now: datetime) -> str:
    """How long something has been: just now, 2 min ago, 3 h ago, 5 days ago."""
    passed = now - then
    if passed < timedelta(minutes=1):
        return "just now"
    if passed < timedelta(hours=1):
        return f"{passed // timedelta(minutes=1)} min ago"
    if passed < timedelta(days=2):
        return f"{passed // timedelta(hours=1)} h ago"
    return f"{passed.days} days ago"


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 reminder, 1,204 reminders."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """A length of time in words: 40 s, 3 min, 2 h."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{round(seconds / 3600)} h"


def _locale() -> str:
    return g.organisation.locale if g.get("organisation") else _DEFAULT_LOCALE


def money_here(amount: Decimal, currency: str) -> str:
    """An amount with its currency, as the organisation writes it."""
    return money(amount, currency, _locale())


def _zone() -> str:
    return g.organisation.time_zone if g.get("organisation") else "UTC"


_FILTERS: dict[str, Callable[..., object]] = {
    "money": money_here,
    "figure": lambda amount, currency: figure(amount, currency, _locale()),
    "day": lambda value: day(value, today(), _locale()),
    "long_day": lambda value: long_day(value, _locale()),
    "month_name": month_name,
    "moment": lambda value: moment(value, _zone(), today(), _locale()),
    "clock_time": lambda value: clock_time(value, _zone(), _locale()),
    "iso": lambda value: (
        value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()
    ),
    "local_day": lambda value: value.astimezone(ZoneInfo(_zone())).date(),
    "overdue": lambda due_on: overdue(due_on, today()),
    "days_late": lambda due_on: days_late(due_on, today()),
    "late": lambda due_on: " late" if is_late(due_on, today()) else "",
    "step_name": step_name,
    "ago": lambda then: ago(then, now()),
    "shortened": lambda text, longest=80: clean(text, longest=longest),
    "counted": counted,
    "duration": duration,
}


def add_filters(app: Flask) -> None:
    """Make the formats known to templates, in the current organisation's zone and habits."""
    app.jinja_env.filters.update(_FILTERS)
