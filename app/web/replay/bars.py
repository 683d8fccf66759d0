"""The months of a replay as bars: where each begins and how high it is, in the drawing's own units. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.reminders.replay_words import Told

HEIGHT = 120
_MONTH, _GAP = 48, 8


@dataclass(frozen=True)
class Bar:
    """A column from the ground up."""

    x: float
    width: float
    height: float
    messages: int

    @property
    def y(self) -> float:
        return HEIGHT - self.height


@dataclass(frozen=True)
class MonthBars:
    """One month with a bar for each cadence."""

    month: date
    middle: float
    first: Bar
    second: Bar | None


@dataclass(frozen=True)
class Bars:
    """All months, and how wide they are together."""

    months: Sequence[MonthBars]
    width: int
    most: int
    """What the highest bar stands for."""


def bars(told: Told) -> Bars:
    """As high as the busiest month of either cadence."""
    most = max((max(one.first, one.second) for one in told.months), default=0)
    room = _MONTH - _GAP
    width = room / 2 if told.second else room
    months = []
    for place, one in enumerate(told.months):
        x = place * _MONTH + _GAP / 2
        second = _bar(x + width, width, one.second, most) if told.second else None
        months.append(MonthBars(one.month, x + room / 2, _bar(x, width, one.first, most), second))
    return Bars(months, len(told.months) * _MONTH, most)


def _bar(x: float, width: float, messages: int, most: int) -> Bar:
    return Bar(x, width - 1, round(HEIGHT * messages / most, 1) if most else 0, messages)
