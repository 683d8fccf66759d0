"""Runs of days, both ends among them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Days:
    """From a day to a day, both counted."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __len__(self) -> int:
        return max(0, (self.last - self.first).days + 1)


def first_free(day: date, taken: Iterable[Days]) -> date:
    """The first day from `day` on that is in none of the runs."""
    for run in sorted(taken):
        if day in run:
            day = run.last + ONE_DAY
    return day
