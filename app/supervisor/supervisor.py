"""Starts programs in order, keeps them running, and ends them all."""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from app.supervisor.charge import Charge
from app.supervisor.groups import Groups
from app.supervisor.output import Output
from app.supervisor.program import Program

_REQUESTS_TO_END = (signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """`with Supervisor(...) as running: running.wait()`.

    Entering starts every program and returns when all are ready; it raises ProgramFailed, with none left
    running, if one is not. Leaving asks all to end and kills those that have not after `end_within_seconds`, or
    on a second Ctrl-C. SIGTERM and SIGHUP are taken as Ctrl-C is: as KeyboardInterrupt in the main thread.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        log_folder: Path,
        say: Callable[[str], None] = print,
        echo: Callable[[str], None] | None = None,
        directory: Path | None = None,
        end_within_seconds: float = 10.0,
    ) -> None:
        """Programs run in `directory`; what they print goes to files in `log_folder`, and to `echo` if given."""
        log_folder.mkdir(parents=True, exist_ok=True)
        self._stopping = threading.Event()
        self._end_within_seconds = end_within_seconds
        self._groups = Groups(end_within_seconds=end_within_seconds)
        self._before: dict[int, Any] = {}
        self._charges = {
            program.name: Charge(
                program,
                directory=directory or Path.cwd(),
                output=Output(program.name, log_folder, echo),
                groups=self._groups,
                say=say,
                stopping=self._stopping,
            )
            for program in programs
        }

    def __enter__(self) -> Self:
        self._listen_for_requests()
        try:
            for charge in self._charges.values():
                charge.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def wait(self) -> None:
        """Return on Ctrl-C or a request to end, or once no program runs or will be restarted."""
        try:
            for charge in self._charges.values():
                charge.is_over.wait()
        except KeyboardInterrupt:
            return

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a program a signal, SIGKILL unless told otherwise."""
        self._charges[name].send(number)

    def pid(self, name: str) -> int | None:
        """The number of the running program; None while it does not run."""
        return self._charges[name].pid

    def is_ready(self, name: str) -> bool:
        """Whether it runs and has said that it is ready since its last start."""
        return self._charges[name].is_ready

    def restarts(self, name: str) -> int:
        """How often it has been started again."""
        return self._charges[name].restarts

    def stop(self) -> None:
        """End every program. May be called again."""
        self._stopping.set()
        try:
            self._send_all(signal.SIGTERM)
            self._finish_all(self._end_within_seconds)
        except KeyboardInterrupt:
            self._send_all(signal.SIGKILL)
            self._finish_all(self._end_within_seconds)
        self._groups.close()
        for number, before in self._before.items():
            signal.signal(number, before)
        self._before.clear()

    def _send_all(self, number: signal.Signals) -> None:
        for charge in reversed(self._charges.values()):
            charge.send(number)

    def _finish_all(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        for charge in reversed(self._charges.values()):
            charge.finish(deadline - time.monotonic())

    def _listen_for_requests(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        for number in _REQUESTS_TO_END:
            # Under nohup the end of the terminal is to be ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
