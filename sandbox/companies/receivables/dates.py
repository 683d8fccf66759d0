"""Dates as people write them; whether 3/4 is in March or in April is decided from the whole file."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

NUMERIC = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})(?:[ T].*)?$")
YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?:[ T].*)?$")
NAMED_MONTH = ("%d %b %Y", "%d %B %Y", "%d %b %y", "%b %d %Y", "%B %d %Y")
CENTURY = 2000
MONTHS = 12


class Order(Enum):
    """Which comes first in a date such as 3/4/2026."""

    DAY_FIRST = "day/month/year"
    MONTH_FIRST = "month/day/year"


@dataclass(frozen=True)
class Reading:
    """How a file's dates are read. `certain` is False when every date fits both ways."""

    order: Order
    certain: bool
    contradictory: bool = False


def reading(texts: Iterable[str]) -> Reading:
    """Look at all dates of the file. Day first unless some value proves otherwise."""
    day_first = month_first = either = False
    for text in texts:
        match = NUMERIC.match(text)
        if match is None:
            continue
        first, second = int(match[1]), int(match[2])
        if "." in text or first > MONTHS:
            day_first = True
        elif second > MONTHS:
            month_first = True
        else:
            either = True
    order = Order.MONTH_FIRST if month_first and not day_first else Order.DAY_FIRST
    return Reading(order, day_first or month_first or not either, day_first and month_first)


def read_date(text: str, order: Order) -> date:
    """The date in `text`; raises ValueError if it is none."""
    if match := YEAR_FIRST.match(text):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := NUMERIC.match(text):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        day, month = (first, second) if order is Order.DAY_FIRST else (second, first)
        return date(year if year >= 100 else CENTURY + year, month, day)
    words = re.sub(r"[\s,.\-]+", " ", text).strip()
    for form in NAMED_MONTH:
        try:
            return datetime.strptime(words, form).date()  # noqa: DTZ007 - a calendar date has no zone
        except ValueError:
            continue
    raise ValueError(f"{text!r} is not a date")
