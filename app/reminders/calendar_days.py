"""Days on which a business writes to its customers: its weekdays without public holidays. Pure.

Holidays are those of the `holidays` library, by country and region; a country it does not know has none.
"""

from datetime import date, timedelta
from functools import lru_cache

import holidays

Place = tuple[str, str | None]
"""ISO 3166-1 country and, where it is known, ISO 3166-2 region without the country."""

WEEKDAYS = frozenset(range(5))
"""Monday to Friday."""
_ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=2048)
def public_holidays(country: str, region: str | None, year: int) -> frozenset[date]:
    """The public holidays of a year; of an unknown region those of the whole country."""
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        return frozenset()
    subdivision = region if region in known[country] else None
    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))


class SendingDays:
    """Tells sending days from others, and counts in them. Remembers what it has worked out."""

    def __init__(self, weekdays: frozenset[int] = WEEKDAYS, places: tuple[Place, ...] = ()) -> None:
        self._weekdays = weekdays or WEEKDAYS
        self._places = places
        self._next: dict[date, date] = {}

    def allows(self, day: date) -> bool:
        """Whether reminders may leave on this day."""
        return day.weekday() in self._weekdays and not any(
            day in public_holidays(country, region, day.year) for country, region in self._places
        )

    def on_or_after(self, day: date) -> date:
        """The day itself, or the first sending day after it."""
        found = self._next.get(day)
        if found is None:
            found = day
            while not self.allows(found):
                found += _ONE_DAY
            self._next[day] = found
        return found

    def after(self, day: date) -> date:
        """The first sending day after this one."""
        return self.on_or_after(day + _ONE_DAY)

    def plus(self, day: date, count: int) -> date:
        """So many sending days after the day, or before it if negative; the day itself for 0."""
        forward = _ONE_DAY if count > 0 else -_ONE_DAY
        for _ in range(abs(count)):
            day += forward
            while not self.allows(day):
                day += forward
        return day
