"""Every moment at which the clocks of a zone are changed: summer time, and whatever else a country decides."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

# Zones have gone back to winter time for the five weeks of Ramadan; none has changed its clocks twice in five days.
_STRIDE = timedelta(days=5)


@lru_cache(maxsize=1024)
def changes_of(zone: str, first: int, last: int) -> tuple[datetime, ...]:
    """To the second, from the beginning of the first year to the end of the last."""
    clock, found = ZoneInfo(zone), []
    at, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    while at < end:
        later = at + _STRIDE
        if _offset(at, clock) != _offset(later, clock):
            found.append(_between(at, later, clock))
        at = later
    return tuple(found)


def _offset(at: datetime, clock: ZoneInfo) -> timedelta | None:
    return at.astimezone(clock).utcoffset()


def _between(before: datetime, after: datetime, clock: ZoneInfo) -> datetime:
    former = _offset(before, clock)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle -= timedelta(microseconds=middle.microsecond)
        if middle <= before:
            break
        before, after = (middle, after) if _offset(middle, clock) == former else (before, middle)
    return after
