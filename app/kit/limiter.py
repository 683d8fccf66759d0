"""Lets calls in as fast as the other side allows, all processes together; each for itself while Redis is away."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from redis import RedisError

from app.kit.limiter_alone import LoneLimiter
from app.kit.limiter_rules import LOOK_AGAIN, Ask, Budget, Full, Place, Room
from app.kit.limiter_shared import SharedLimiter
from app.kit.log import get_log

# For how long a process does not ask Redis again after it gave no answer.
_ALONE_SECONDS = 2.0

_log = get_log("limiter")
_T = TypeVar("_T")


class Limiter:
    """One per process, safe to use from any thread.

    Losing Redis, or what it holds, loosens or tightens the count for a window and breaks nothing: the other
    side's own refusal is the last word, and `pause` remembers it.
    """

    def __init__(self, redis_url: str) -> None:
        """Connects to nothing yet."""
        self._shared, self._alone = SharedLimiter(redis_url), LoneLimiter()
        self._lock = threading.Lock()
        self._is_alone, self._alone_until = False, 0.0

    def enter(self, ask: Ask) -> Place | Full:
        """Count a call and give it a place, which `leave` must give back; or say how long there is no room."""
        return self._asked(lambda: self._shared.enter(ask), lambda: self._enter_alone(ask))

    def room(self, budget: Budget, *, now: datetime) -> Room:
        """What is left of a budget now. It promises nothing: only `enter` counts."""
        return self._asked(
            lambda: self._shared.room(budget, now=now), lambda: self._alone.room(budget, now=now)
        )

    def leave(self, place: Place) -> None:
        """The call is over."""
        self._alone.leave(place)
        self._asked(lambda: self._shared.leave(place), _nothing)

    def pause(self, key: str, *, until: datetime, now: datetime) -> None:
        """Let nobody in who minds `key` before `until`."""
        self._alone.pause(key, until=until)
        self._asked(lambda: self._shared.pause(key, until=until, now=now), _nothing)

    def resume(self, key: str) -> None:
        """End a pause before its time."""
        self._alone.resume(key)
        self._asked(lambda: self._shared.resume(key), _nothing)

    def _enter_alone(self, ask: Ask) -> Place | Full:
        answer = self._alone.enter(ask)
        if isinstance(answer, Place):
            return answer
        left = timedelta(seconds=max(0.0, self._alone_until - time.monotonic()))
        return replace(answer, ask_again_in=min(answer.wait, max(left, LOOK_AGAIN)))

    def _asked(self, shared: Callable[[], _T], alone: Callable[[], _T]) -> _T:
        if self._is_alone and time.monotonic() < self._alone_until:
            return alone()
        try:
            answer = shared()
        except RedisError as away:
            self._stand_alone(type(away).__name__)
            return alone()
        self._join()
        return answer

    def _stand_alone(self, why: str) -> None:
        with self._lock:
            was_alone, self._is_alone = self._is_alone, True
            self._alone_until = time.monotonic() + _ALONE_SECONDS
        if not was_alone:
            _log.warning("limiter.alone", reason=why)

    def _join(self) -> None:
        if not self._is_alone:
            return
        with self._lock:
            was_alone, self._is_alone = self._is_alone, False
        if was_alone:
            _log.info("limiter.together")


def _nothing() -> None:
    """What is not told to Redis while it is away has been told to this process."""
