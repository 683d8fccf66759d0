"""Calls that run once virtual time has reached them."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from sandbox.clock import Clock

log = logging.getLogger(__name__)
CHECK_EVERY_SECONDS = 0.05


class Timers:
    """One background thread that runs what is due, earliest first, and in the order it was asked for."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._running = False
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="timers", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def at(self, when: datetime, call: Callable[[], None]) -> None:
        """Run `call` on the timers' thread once the virtual clock shows `when` or later."""
        with self._changed:
            heapq.heappush(self._waiting, (when, next(self._numbers), call))
            self._changed.notify_all()

    def clear(self) -> None:
        """Forget everything that has not run yet."""
        with self._changed:
            self._waiting.clear()

    def settle(self, timeout_seconds: float) -> bool:
        """Wait until nothing due is left; False if that took longer. Never call it holding the world's lock."""
        give_up_at = time.monotonic() + timeout_seconds
        with self._changed:
            self._changed.notify_all()
            while self._running or self._is_due():
                left = give_up_at - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(min(left, CHECK_EVERY_SECONDS))
        return True

    def _is_due(self) -> bool:
        return bool(self._waiting) and self._waiting[0][0] <= self._clock.now()

    def _run(self) -> None:
        while (call := self._next_due()) is not None:
            try:
                call()
            except Exception:  # one broken timer must not stop the others
                log.exception("a timer failed")
            with self._changed:
                self._running = False
                self._changed.notify_all()

    def _next_due(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._stopped:
                if self._is_due():
                    self._running = True
                    return heapq.heappop(self._waiting)[2]
                self._changed.wait(CHECK_EVERY_SECONDS)
        return None
