"""Keeps the embedded servers alive: one that dies is started again on its old port with its old files."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from app.demo.figures import Say
from app.kit.embedded.errors import EmbeddedServerError
from app.kit.embedded.leash import Program

_LOOK_SECONDS = 0.3


class Server(Protocol):
    """A running embedded server."""

    @property
    def port(self) -> int: ...

    @property
    def server(self) -> Program: ...

    def stop(self) -> None: ...


ServerT = TypeVar("ServerT", bound=Server)


class Kept(Generic[ServerT]):
    """`with Kept("Redis", start, say) as kept`: `start` is called with the port to use, None the first time."""

    def __init__(self, name: str, start: Callable[[int | None], ServerT], say: Say) -> None:
        self._name = name
        self._start = start
        self._say = say
        self._stopping = threading.Event()
        self.running = start(None)
        self._watch = threading.Thread(target=self._look, name=f"keeping {name}", daemon=True)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._watch.join(30)
        self.running.stop()

    def _look(self) -> None:
        while not self._stopping.wait(_LOOK_SECONDS):
            if self.running.server.poll() is not None:
                self._say(f"{self._name} died; starting it again")
                self._start_again()

    def _start_again(self) -> None:
        try:
            self.running.stop()
            self.running = self._start(self.running.port)
        except EmbeddedServerError as failed:
            # The next look tries again: on a busy machine a start may have taken too long.
            self._say(f"{self._name} did not start again: {failed.reason}")
