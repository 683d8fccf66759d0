"""Days and hours at which a business writes to its customers. Pure; days are days in the organisation's zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)

OPENS_AT = time(8)
CLOSES_AT = time(21)
"""Messages leave between these local times only, the second excluded."""


def working_day(day: date) -> date:
    """`day` itself, or the Monday after it if it falls on a weekend."""
    weekday = day.weekday()
    return day if weekday < _SATURDAY else day + timedelta(days=7 - weekday)


def next_working_day(day: date) -> date:
    """The first working day after `day`."""
    return working_day(day + _ONE_DAY)


def local(now: datetime, zone: str) -> datetime:
    """The wall time at `now` in an IANA time zone."""
    return now.astimezone(ZoneInfo(zone))


def moment(day: date, hour: int, zone: str) -> datetime:
    """The UTC moment of a full local hour."""
    return datetime.combine(day, time(hour), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def first_sending_day(now: datetime, zone: str) -> date:
    """The earliest day on which a message can still leave: today before closing, else the next working day."""
    here = local(now, zone)
    if here.time() >= CLOSES_AT:
        return next_working_day(here.date())
    return working_day(here.date())
