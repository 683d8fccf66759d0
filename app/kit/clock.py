"""The one clock. Business code is given `now`; only the shell asks a clock for it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the time as an aware datetime in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class OffsetFileClock:
    """The machine's clock moved by the number of seconds a file holds, so that a demo can skip days.

    The sandbox writes the file; every process of the demo reads it. A missing file means no offset.
    Refused in production by the settings.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at = -1
        self._offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._current_offset()

    def _current_offset(self) -> timedelta:
        try:
            changed_at = self._path.stat().st_mtime_ns
            if changed_at != self._read_at:
                self._offset = timedelta(seconds=float(self._path.read_text()))
                self._read_at = changed_at
        except FileNotFoundError:
            self._offset, self._read_at = timedelta(), -1
        return self._offset


class SetClock:
    """A clock that stands still until it is set: for tests, benches and replays."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move forward by `by` and return the new time."""
        self._now += by
        return self._now


def local_date(now: datetime, zone: str) -> date:
    """The calendar date at `now` in an IANA time zone."""
    return now.astimezone(ZoneInfo(zone)).date()
