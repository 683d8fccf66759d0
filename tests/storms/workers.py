"""Worker processes to be killed, out of a nursery."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from app.kit.settings import Settings
from tests.sandbox.client import wait_until
from tests.support.environment import as_environment

ROOT = Path(__file__).resolve().parents[2]


class Nursery:
    """The process that workers are forked from, for one world."""

    def __init__(self, settings: Settings, clock_file: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.storms.nursery", str(clock_file)],
            cwd=ROOT,
            env={**os.environ, **as_environment(settings)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def worker(self) -> "Worker":
        """One that serves rings until it is killed."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("one more\n")
        self._process.stdin.flush()
        return Worker(int(self._process.stdout.readline()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()


class Worker:
    """A worker process."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def kill(self) -> None:
        """SIGKILL. Returns once it is gone."""
        os.kill(self._pid, signal.SIGKILL)
        wait_until(lambda: not self._is_there())

    def stop(self) -> None:
        """SIGSTOP: it stands still, and nobody is told."""
        os.kill(self._pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self._pid, signal.SIGCONT)

    def _is_there(self) -> bool:
        try:
            os.kill(self._pid, 0)
        except ProcessLookupError:
            return False
        return True
