"""Xero's ways of writing a moment or a day.

The accounting API writes `/Date(1539129600000+1300)/` (milliseconds since 1970 in UTC; the offset says where
it is shown, not what it is), webhooks and connections write ISO 8601 without a zone, in UTC, with up to seven
digits of a second.
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICKS = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_FRACTION = re.compile(r"(\.\d{6})\d+")


@lru_cache(maxsize=4096)  # a row's time of change is looked at twice
def moment(text: str) -> datetime:
    """The moment, aware, in UTC. Raises ValueError if it is not one of Xero's forms."""
    ticks = _TICKS.fullmatch(text)
    if ticks:
        return _EPOCH + timedelta(milliseconds=int(ticks[1]))
    read = datetime.fromisoformat(_FRACTION.sub(r"\1", text))
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


@lru_cache(maxsize=4096)  # the documents of years fall on a few hundred days
def day(text: str) -> date:
    """A document's date: a calendar day that Xero writes as midnight in UTC and that belongs to no zone."""
    return moment(text).date()


def modified_since(since: datetime) -> str:
    """The If-Modified-Since header: UTC, whole seconds, rounded down so that nothing falls between."""
    return since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def query_date(on: date) -> str:
    """A day in a `where` expression."""
    return f"DateTime({on.year},{on.month:02},{on.day:02})"
