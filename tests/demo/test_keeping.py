"""An embedded server that dies is started again, however often that takes."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.demo.keeping import Kept
from app.kit.embedded.errors import EmbeddedServerError


@dataclass
class Sleeper:
    """A process that serves nothing."""

    port: int
    server: subprocess.Popen[bytes]

    def stop(self) -> None:
        self.server.kill()
        self.server.wait()


class Starts:
    """Starts a server; the second and third time it cannot."""

    def __init__(self) -> None:
        self.ports: list[int | None] = []

    def __call__(self, port: int | None) -> Sleeper:
        self.ports.append(port)
        if len(self.ports) in (2, 3):
            raise EmbeddedServerError("The port is still taken.")
        return Sleeper(5432, subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]))


def test_a_server_that_cannot_be_started_at_once_is_tried_again_on_its_port() -> None:
    starts, said = Starts(), list[str]()
    with Kept("PostgreSQL", starts, said.append) as kept:
        kept.running.server.kill()
        until(lambda: len(starts.ports) == 4 and kept.running.server.poll() is None)
    assert starts.ports == [None, 5432, 5432, 5432]
    assert said.count("PostgreSQL did not start again: The port is still taken.") == 2


def until(condition: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < give_up_at
        time.sleep(0.02)
