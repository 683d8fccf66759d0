"""The limiter's counts in one process, for as long as Redis is away."""

import threading
import time
from collections import defaultdict
from datetime import datetime, timedelta
from uuid import uuid4

from app.kit.limiter_rules import (
    LOOK_AGAIN,
    PLACE_SECONDS,
    Ask,
    Budget,
    Full,
    Place,
    Room,
    milliseconds,
    room_in,
)

# The other processes are not seen, so each takes only this part of what all of them may.
_SHARE = 4


class LoneLimiter:
    """Counts for this process only, with a quarter of every limit. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._places: dict[str, dict[str, float]] = defaultdict(dict)
        self._pauses: dict[str, int] = {}

    def enter(self, ask: Ask) -> Place | Full:
        """Count the call and give it a place, or say how long there is no room."""
        now = ask.now_ms
        with self._lock:
            waits = [self._pauses.get(key, 0) - now for key in ask.pauses]
            waits += [self._free_at(budget, now) - now for budget in ask.budgets]
            wait = max(waits, default=0)
            if wait > 0:
                return Full(timedelta(milliseconds=wait), is_for_a_place=False)
            return self._place(ask, now)

    def room(self, budget: Budget, *, now: datetime) -> Room:
        """What is left of this process's share. Nothing is counted."""
        with self._lock:
            return room_in(budget, self._counts[budget.key], now=now, share=_SHARE)

    def leave(self, place: Place) -> None:
        """Give the place back."""
        with self._lock:
            self._places[place.key].pop(place.token, None)

    def pause(self, key: str, *, until: datetime) -> None:
        """Let nobody in who minds this key before `until`."""
        with self._lock:
            self._pauses[key] = milliseconds(until)

    def resume(self, key: str) -> None:
        """End a pause."""
        with self._lock:
            self._pauses.pop(key, None)

    def _place(self, ask: Ask, now: int) -> Place | Full:
        taken, real = self._places[ask.places_key], time.monotonic()
        for token in [token for token, until in taken.items() if until < real]:
            del taken[token]
        if len(taken) >= max(1, ask.places // _SHARE):
            return Full(LOOK_AGAIN, is_for_a_place=True)
        place = Place(ask.places_key, uuid4().hex)
        taken[place.token] = real + PLACE_SECONDS
        for budget in ask.budgets:
            counts, part = self._counts[budget.key], now // budget.part_ms
            counts[part] = counts.get(part, 0) + 1
        return place

    def _free_at(self, budget: Budget, now: int) -> int:
        """When there is room again, in milliseconds since the epoch; 0 if there is now."""
        current, counts = now // budget.part_ms, self._counts[budget.key]
        for part in [part for part in counts if abs(current - part) >= budget.parts]:
            del counts[part]
        left = max(1, budget.calls // _SHARE) - sum(counts.values())
        if left > 0:
            return 0
        for part in sorted(counts):
            left += counts[part]
            if left > 0:
                return (part + budget.parts) * budget.part_ms
        return 0
