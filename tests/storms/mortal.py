"""PostgreSQL and Redis of a storm's own, which are killed in the middle of things and come back with their files."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from app.demo.keeping import Server
from app.kit.embedded.postgres import RunningPostgres, start_postgres
from app.kit.embedded.redis import RunningRedis, start_redis
from app.kit.migrations import migrate

TEMPLATE = "duemate"
_Running = TypeVar("_Running", bound=Server)


class Mortal(Generic[_Running]):
    """A server on one port for as long as the tests last, with deaths in between."""

    def __init__(self, start: Callable[[int | None], _Running]) -> None:
        self._start = start
        self.running = start(None)

    def die(self) -> None:
        """SIGKILL: what it had not written to its files is gone. Returns once it serves again."""
        os.kill(self.running.server.pid, signal.SIGKILL)
        self.running.server.wait(60)
        self.running.stop()
        self.running = self._start(self.running.port)


def mortal_postgres(folder: Path) -> Mortal[RunningPostgres]:
    """A durable server, as in production: what it has committed is on the disk before it says so."""
    server = Mortal(lambda port: start_postgres(folder=folder, port=port))
    migrate(server.running.owner_url)
    return server


def mortal_redis(folder: Path) -> Mortal[RunningRedis]:
    return Mortal(lambda port: start_redis(folder=folder, port=port))
