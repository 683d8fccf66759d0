"""What a limiter counts, as values: budgets of calls in a window, places under way, pauses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

_PARTS = 60
# A call reaches the other side a little after it was counted here: two parts of slack, and the part under way.
_SLACK = 3


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `calls` calls of `key` within any `seconds` seconds.

    Counted in sixtieths of the window, and a call counts until the whole part it falls into has left the
    window: never one too many, at the price of one call in twenty at worst.
    """

    key: str
    calls: int
    seconds: int

    @property
    def part_ms(self) -> int:
        """Length of a part in milliseconds."""
        return max(1, self.seconds * 1000 // _PARTS)

    @property
    def parts(self) -> int:
        """For how many parts a call counts."""
        return -(-self.seconds * 1000 // self.part_ms) + _SLACK


@dataclass(frozen=True, slots=True)
class Ask:
    """One call that somebody wants to make. It needs room in every budget, a free place, and no pause."""

    now: datetime
    places_key: str
    places: int
    """How many calls of `places_key` may be under way."""
    budgets: tuple[Budget, ...]
    pauses: tuple[str, ...]
    """Keys under which a pause would forbid the call."""

    @property
    def now_ms(self) -> int:
        return milliseconds(self.now)


@dataclass(frozen=True, slots=True)
class Place:
    """The right to make one call. To be given back when the call is over."""

    key: str
    token: str


@dataclass(frozen=True, slots=True)
class Full:
    """No room, and for how long. A place may become free at any moment: then `wait` is when to look again."""

    wait: timedelta
    is_for_a_place: bool
    ask_again_in: timedelta | None = None
    """Sooner than `wait`: told by a process that counts for itself, and may count with the others by then."""


@dataclass(frozen=True, slots=True)
class Room:
    """What is left of a budget, and after how long there is more once that is used up."""

    calls: int
    more_after: timedelta


# A place whose holder died is free again after this time, by the machine's clock: longer than any call lasts.
PLACE_SECONDS = 75
LOOK_AGAIN = timedelta(milliseconds=40)


def milliseconds(moment: datetime) -> int:
    """Since the epoch."""
    return int(moment.timestamp() * 1000)


def room_in(budget: Budget, counts: Mapping[int, int], *, now: datetime, share: int = 1) -> Room:
    """What is left of this share of a budget, by what was counted in each part of time. Pure."""
    now_ms = milliseconds(now)
    current = now_ms // budget.part_ms
    counted = sorted(part for part, calls in counts.items() if calls and abs(current - part) < budget.parts)
    left = max(1, budget.calls // share) - sum(counts[part] for part in counted)
    first = counted[0] if counted else current
    more_at = (first + budget.parts) * budget.part_ms
    return Room(max(0, left), timedelta(milliseconds=max(0, more_at - now_ms)))
