"""Xero's dates: /Date(milliseconds+0000)/, next to ISO strings without a zone."""

import re
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime

MILLISECONDS = re.compile(r"/Date\((-?\d+)([+-]\d{4})?\)/$")
EPOCH = date(1970, 1, 1).toordinal()
MILLISECONDS_A_DAY = 86_400_000


def written_date(day: date) -> str:
    """A calendar date at midnight UTC; it must never be shifted to local time."""
    return f"/Date({(day.toordinal() - EPOCH) * MILLISECONDS_A_DAY}+0000)/"


def written_moment(moment: datetime, zone: str = "+0000") -> str:
    """A point in time to the millisecond."""
    return f"/Date({round(moment.timestamp() * 1000)}{zone})/"


def date_string(day: date) -> str:
    return f"{day.isoformat()}T00:00:00"


def moment_string(moment: datetime) -> str:
    """As `UpdatedDateUTCString` shows it: whole seconds and a Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def read_date(text: str) -> date:
    """A date as callers write it: ISO, with or without a time, or /Date()/. ValueError if it is none."""
    if match := MILLISECONDS.match(text):
        return datetime.fromtimestamp(int(match[1]) / 1000, UTC).date()
    return datetime.fromisoformat(text).date()


def read_modified_since(text: str) -> datetime:
    """The If-Modified-Since header, in UTC unless it says otherwise, cut to the second.

    Xero documents `yyyy-mm-ddThh:mm:ss`; the standard HTTP date is understood as well. ValueError if
    it is neither.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = parsedate_to_datetime(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).replace(microsecond=0)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
