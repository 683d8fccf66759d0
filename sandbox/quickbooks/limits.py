"""QuickBooks' limits per company, in rolling minutes of virtual time.

500 calls and 40 batches a minute, 10 calls at once. Sources: Intuit's throttling notes of 2016 and
integrators' of 2026. Assumed: a refused call is not counted, and `Retry-After` comes on every other
refusal only (Intuit documents none and advises to wait a minute).
"""

import math
import threading
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

CALLS_A_MINUTE = 500
BATCHES_A_MINUTE = 40
CALLS_AT_ONCE = 10
MINUTE = timedelta(minutes=1)


@dataclass
class RollingMinute:
    """The moments of the calls of the last minute, by company."""

    allowed: int
    calls: dict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))

    def wait(self, realm_id: str, now: datetime) -> int:
        """Whole seconds until another call is allowed; 0 if it is now."""
        recent = self.calls[realm_id]
        while recent and recent[0] <= now - MINUTE:
            recent.popleft()
        if len(recent) < self.allowed:
            return 0
        return max(1, math.ceil((recent[0] + MINUTE - now).total_seconds()))

    def take(self, realm_id: str, now: datetime) -> None:
        self.calls[realm_id].append(now)


class Limits:
    """The counts of one app."""

    def __init__(self) -> None:
        self._calls = RollingMinute(CALLS_A_MINUTE)
        self._batches = RollingMinute(BATCHES_A_MINUTE)
        self._refusals = 0

    def take(self, realm_id: str, now: datetime, *, batch: bool) -> int:
        """Count a call and return 0, or return in how many seconds it would be allowed."""
        counted = [self._calls, self._batches] if batch else [self._calls]
        wait = max(minute.wait(realm_id, now) for minute in counted)
        if not wait:
            for minute in counted:
                minute.take(realm_id, now)
        return wait

    def tells_when(self) -> bool:
        """Whether this refusal says when to come back; true for every other one, the first among them."""
        self._refusals += 1
        return self._refusals % 2 == 1


class Concurrency:
    """How many calls of each company are under way. Safe to use from any thread."""

    def __init__(self) -> None:
        self._under_way: Counter[str] = Counter()
        self._lock = threading.Lock()

    def enter(self, realm_id: str) -> bool:
        """False if the company has as many calls under way as it may; else leave() must follow."""
        with self._lock:
            if self._under_way[realm_id] >= CALLS_AT_ONCE:
                return False
            self._under_way[realm_id] += 1
            return True

    def leave(self, realm_id: str) -> None:
        with self._lock:
            self._under_way[realm_id] -= 1
