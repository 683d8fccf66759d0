"""The process groups of running programs, told to the undertaker before anything else can go wrong."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path


class Groups:
    """A program leads a group of its own; what it starts belongs to it."""

    def __init__(self, *, end_within_seconds: float) -> None:
        self._end_within_seconds = end_within_seconds
        self._undertaker: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def add(self, leader: int) -> None:
        with self._lock:
            if self._undertaker is None:
                self._undertaker = _started_undertaker(self._end_within_seconds)
        self._tell(f"+{leader}")

    def end(self, leader: int) -> None:
        """Kill what an ended program has left running, so that nothing of it holds a port or a file."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)
        self._tell(f"-{leader}")

    def close(self) -> None:
        """Let the undertaker go. To be called once every program has ended."""
        with self._lock:
            undertaker, self._undertaker = self._undertaker, None
        if undertaker is not None:
            with contextlib.suppress(BrokenPipeError):
                undertaker.communicate(timeout=30)

    def _tell(self, line: str) -> None:
        with self._lock, contextlib.suppress(BrokenPipeError):
            if self._undertaker is not None and self._undertaker.stdin is not None:
                self._undertaker.stdin.write(f"{line}\n")
                self._undertaker.stdin.flush()


def _started_undertaker(seconds: float) -> "subprocess.Popen[str]":
    script = Path(__file__).with_name("undertaker.py")
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(script), str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )
