"""Hours at which messages may leave, on the recipient's own clock. Pure.

Where it is not sure in which zone a recipient is, only the hours that are decent in every one of them count.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.reminders.calendar import CLOSES_AT, OPENS_AT

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """When a cadence's reminders leave: not before, before, and best at. Quiet hours narrow it."""

    send_at: time = time(9)
    opens_at: time = OPENS_AT
    closes_at: time = CLOSES_AT


class Hours:
    """A window on the clocks of all zones a recipient may be in.

    Zones whose days leave no common hour are reduced to the first; a window that is too narrow for the
    others is widened to the quiet hours' limits, never beyond them.
    """

    def __init__(self, window: Window, zones: tuple[str, ...]) -> None:
        opens, closes = max(window.opens_at, OPENS_AT), min(window.closes_at, CLOSES_AT)
        self._opens, self._closes = (opens, closes) if opens < closes else (OPENS_AT, CLOSES_AT)
        self._send_at = min(max(window.send_at, self._opens), self._closes)
        self._zones = tuple(ZoneInfo(zone) for zone in zones)
        if len(zones) > 1:
            self._fit(date(2026, 1, 15), date(2026, 7, 15))

    def _fit(self, *samples: date) -> None:
        """Offsets differ most between a winter's and a summer's day; an hour in common is enough."""
        common = timedelta(hours=1)
        if all(self.closing(day) - self.opening(day) >= common for day in samples):
            return
        self._opens, self._closes = OPENS_AT, CLOSES_AT
        if any(self.closing(day) - self.opening(day) < common for day in samples):
            self._zones = self._zones[:1]

    def opening(self, day: date) -> datetime:
        """The moment from which the day is open in every zone."""
        return max(_at(day, self._opens, zone) for zone in self._zones)

    def closing(self, day: date) -> datetime:
        """The moment at which the first zone closes."""
        return min(_at(day, self._closes, zone) for zone in self._zones)

    def moment(self, day: date) -> datetime:
        """When to send on that day: at the chosen time in every zone if that is open, else at the opening."""
        best = max(_at(day, self._send_at, zone) for zone in self._zones)
        return best if best < self.closing(day) else self.opening(day)

    def are_open(self, now: datetime) -> bool:
        """Whether it is a decent hour everywhere. Which day it is does not matter here."""
        return all(self._opens <= now.astimezone(zone).time() < self._closes for zone in self._zones)

    def open_day(self, now: datetime) -> date | None:
        """The day that is open on every clock at this moment, if there is one."""
        days = {now.astimezone(zone).date() for zone in self._zones}
        return days.pop() if len(days) == 1 and self.are_open(now) else None

    def have(self, day: date) -> bool:
        """Whether the day can be used: it exists on every clock (some zones once skipped one) and has an hour."""
        moment = self.moment(day)
        return self.are_open(moment) and all(moment.astimezone(zone).date() == day for zone in self._zones)

    def today(self, now: datetime) -> date:
        """The day that is running; where zones differ, the one that began last has yet to begin for others."""
        return min(now.astimezone(zone).date() for zone in self._zones)

    def first_day(self, now: datetime) -> date:
        """The earliest day that has not closed yet."""
        day = self.today(now)
        while self.closing(day) <= now:
            day += _ONE_DAY
        return day


def _at(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
