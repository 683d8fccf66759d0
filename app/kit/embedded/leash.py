"""Starts programs that cannot outlive us, not even when we are killed with SIGKILL."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue
from typing import IO

_SCRIPT = Path(__file__).with_name("leash_exec.py")

Program = subprocess.Popen[bytes]


def start_leashed(
    command: Sequence[str],
    *,
    directory: Path,
    output: IO[bytes] | int,
    last_signal: signal.Signals = signal.SIGTERM,
    account: str | None = None,
    environment: Mapping[str, str] | None = None,
    inherits: Sequence[int] = (),
    watch: bool = sys.platform != "linux",
) -> Program:
    """Start `command` in `directory`, in a session of its own so that Ctrl-C reaches us only.

    `last_signal` is what it gets when we are gone. `account` (root only) is whom it runs as. Both of its
    outputs go to `output`; it also gets the descriptors it `inherits`. `watch` is for systems whose kernel does
    not tell children of their parent's end. Raises OSError if it cannot be started.
    """

    def start() -> Program:
        leash = [sys.executable, "-I", "-S", str(_SCRIPT), "watch" if watch else "kernel"]
        leash += [str(os.getpid()), str(int(last_signal)), account or "-", str(directory)]
        return subprocess.Popen(
            [*leash, *command],
            env=None if environment is None else dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=inherits,
            start_new_session=True,
        )

    return _launcher().start(start)


class _Launcher:
    """One thread that starts every program and lives as long as we do.

    Linux sends the parent-death signal when the *thread* that started the program ends.
    """

    def __init__(self) -> None:
        self._wanted: SimpleQueue[tuple[Callable[[], Program], Future[Program]]] = SimpleQueue()
        threading.Thread(target=self._serve, name="launcher", daemon=True).start()

    def start(self, start: Callable[[], Program]) -> Program:
        answer: Future[Program] = Future()
        self._wanted.put((start, answer))
        return answer.result()

    def _serve(self) -> None:
        while True:
            start, answer = self._wanted.get()
            try:
                answer.set_result(start())
            except OSError as failure:
                answer.set_exception(failure)


_launchers: dict[int, _Launcher] = {}
_lock = threading.Lock()


def _launcher() -> _Launcher:
    # By process id: a forked child has our memory but not our thread.
    with _lock:
        return _launchers.setdefault(os.getpid(), _launchers.get(os.getpid()) or _Launcher())
