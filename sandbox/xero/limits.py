"""Xero's limits per organisation and app, in windows of virtual time.

60 calls a minute, 5,000 a day (1,000 for a starter app) and 5 at once per organisation; 10,000 a minute
for the whole app. Windows are fixed; each organisation's begins at a moment of its own.
"""

import threading
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

CALLS_A_MINUTE = 60
CALLS_AT_ONCE = 5
APP_CALLS_A_MINUTE = 10_000
MINUTE = 60
DAY = 86_400
APP = "app"


@dataclass
class Window:
    """Counts calls by key until each key's window ends."""

    seconds: int
    allowed: int
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def left(self, key: str, now: datetime) -> int:
        return max(0, self.allowed - self._count(key, now))

    def take(self, key: str, now: datetime) -> None:
        self.counts[key] = (self._number(key, now), self._count(key, now) + 1)

    def ends_in(self, key: str, now: datetime) -> int:
        """Whole seconds until the window of this key begins anew, at least one."""
        return self.seconds - int(now.timestamp() + _phase(key)) % self.seconds

    def _count(self, key: str, now: datetime) -> int:
        number, count = self.counts.get(key, (0, 0))
        return count if number == self._number(key, now) else 0

    def _number(self, key: str, now: datetime) -> int:
        return int(now.timestamp() + _phase(key)) // self.seconds


@dataclass(frozen=True)
class Exceeded:
    """The limit that was hit; `retry_after` in seconds where Xero says it."""

    problem: str
    retry_after: int | None


class Limits:
    """The counts of one app."""

    def __init__(self, calls_a_day: int) -> None:
        self._minute = Window(MINUTE, CALLS_A_MINUTE)
        self._day = Window(DAY, calls_a_day)
        self._app = Window(MINUTE, APP_CALLS_A_MINUTE)

    def take(self, tenant_id: str, now: datetime) -> Exceeded | None:
        """Count a call, or say which limit forbids it; a forbidden call is not counted."""
        for window, key, problem in (
            (self._minute, tenant_id, "minute"),
            (self._day, tenant_id, "day"),
            (self._app, APP, "appminute"),
        ):
            if window.left(key, now) == 0:
                return Exceeded(problem, window.ends_in(key, now))
        for window, key in ((self._minute, tenant_id), (self._day, tenant_id), (self._app, APP)):
            window.take(key, now)
        return None

    def headers(self, tenant_id: str, now: datetime) -> Mapping[str, str]:
        """What is left, as every answer says it."""
        return {
            "X-MinLimit-Remaining": str(self._minute.left(tenant_id, now)),
            "X-DayLimit-Remaining": str(self._day.left(tenant_id, now)),
            "X-AppMinLimit-Remaining": str(self._app.left(APP, now)),
        }


class Concurrency:
    """How many calls of each organisation are under way. Safe to use from any thread."""

    def __init__(self) -> None:
        self._under_way: Counter[str] = Counter()
        self._lock = threading.Lock()

    def enter(self, tenant_id: str) -> bool:
        """False if the organisation has as many calls under way as it may; else leave() must follow."""
        with self._lock:
            if self._under_way[tenant_id] >= CALLS_AT_ONCE:
                return False
            self._under_way[tenant_id] += 1
            return True

    def leave(self, tenant_id: str) -> None:
        with self._lock:
            self._under_way[tenant_id] -= 1


def _phase(key: str) -> int:
    return zlib.crc32(key.encode()) % DAY
