"""Waits for a server to answer, and ends one."""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from app.kit.embedded.errors import EmbeddedServerError, ended_at_once
from app.kit.embedded.leash import Program

LOOK_EVERY_SECONDS = 0.02


def wait_until_ready(
    server: Program, ready: Callable[[], bool], *, name: str, log: Path, seconds: float
) -> None:
    """Return once `ready()`. Raises EndedAtOnce if the server ends first, EmbeddedServerError in time-out."""
    deadline = time.monotonic() + seconds
    while not ready():
        if server.poll() is not None:
            raise ended_at_once(name, log)
        if time.monotonic() > deadline:
            end(server, [(signal.SIGKILL, 5)])
            raise EmbeddedServerError(
                f"{name} did not answer within {seconds:.0f} s. Its log is {log}. Is the machine overloaded?"
            )
        time.sleep(LOOK_EVERY_SECONDS)


def end(server: Program, steps: Sequence[tuple[signal.Signals, float]]) -> None:
    """Send each signal in turn, giving the server that many seconds, until it has ended."""
    for number, seconds in steps:
        if server.poll() is not None:
            return
        server.send_signal(number)
        try:
            server.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
