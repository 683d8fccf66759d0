"""One worker process at a time, out of a nursery, and the rings that give it its work."""

import time
from collections.abc import Callable, Sequence
from uuid import UUID

from app.kit.embedded.redis import RunningRedis
from app.kit.ground import Ground
from tests.storms import due
from tests.storms.mortal import Mortal
from tests.storms.workers import Nursery, Worker

_RINGS, _RING_AGAIN_SECONDS = 12, 5.0


class Crew:
    """Whoever is killed is followed by another one when there is work again."""

    def __init__(self, ground: Ground, redis: Mortal[RunningRedis], nursery: Nursery) -> None:
        self._ground, self._redis, self._nursery = ground, redis, nursery
        self._worker: Worker | None = None

    def worker(self) -> Worker:
        """The one that lives, or a new one."""
        if self._worker is None:
            self._worker = self._nursery.worker()
        return self._worker

    def kill(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker = None

    def hand_out(self, tasks: Sequence[UUID], *, until: Callable[[], bool]) -> bool:
        """Have the worker process do them, and ring again for what is not taken; whether it comes so far meanwhile."""
        self.worker()
        for _ in range(_RINGS):
            due.ring(self._redis.running.url, tasks)
            ring_again_at = time.monotonic() + _RING_AGAIN_SECONDS
            while time.monotonic() < ring_again_at:
                if until():
                    return True
                if not due.is_any_unfinished(self._ground, tasks):
                    return False
                time.sleep(0.01)
        self.kill()
        return False
