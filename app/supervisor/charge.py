"""One program in the supervisor's care: started, watched, started again."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from app.kit.embedded.leash import start_leashed
from app.supervisor.groups import Groups
from app.supervisor.output import Output
from app.supervisor.program import Program, ProgramFailed

LOOK_EVERY_SECONDS = 0.05
READY_WITHIN_SECONDS = 60.0
TELL_EVERY_SECONDS = 5.0
Running = subprocess.Popen[bytes]

# Before the first, second, third ... restart in a row. A program that ran well for a while begins anew.
PAUSES_SECONDS = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
RAN_WELL_SECONDS = 30.0


class Charge:
    """Its methods may be called from any thread; `stopping` is set once all are to end."""

    def __init__(
        self,
        program: Program,
        *,
        directory: Path,
        output: Output,
        groups: Groups,
        say: Callable[[str], None],
        stopping: threading.Event,
    ) -> None:
        self.program = program
        self.restarts = 0
        self.is_ready = False
        self.is_over = threading.Event()
        self._directory = directory
        self._output = output
        self._groups = groups
        self._say = say
        self._stopping = stopping
        self._starting = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        self._short_lives = 0

    @property
    def pid(self) -> int | None:
        """None while it does not run."""
        running = self._running
        return running.pid if running is not None and running.poll() is None else None

    def start(self) -> None:
        """Start it and return once it is ready. Raises ProgramFailed."""
        self._await_ready(self._launch())
        threading.Thread(target=self._watch, name=f"{self.program.name} watch", daemon=True).start()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        with self._starting:
            if self._running is not None:
                self._running.send_signal(number)

    def finish(self, seconds: float) -> None:
        """Wait for its end, kill it after these seconds, and clear up. `stopping` must be set."""
        running = self._running
        if running is None:
            return
        try:
            running.wait(max(seconds, 0))
        except subprocess.TimeoutExpired:
            self._say(f"{self.program.title} does not end by itself: killing it")
            running.kill()
            running.wait()
        self._clear_up()

    def _launch(self) -> Running:
        output = self._output.opened()
        try:
            with self._starting:
                if self._stopping.is_set():
                    raise ProgramFailed(f"{self.program.title} is not started: all are to end.")
                self._began = time.monotonic()
                self._running = start_leashed(
                    self.program.command,
                    directory=self._directory,
                    output=output,
                    environment={**os.environ, "PYTHONUNBUFFERED": "1", **self.program.environment},
                )
                self._groups.add(self._running.pid)
                return self._running
        finally:
            os.close(output)

    def _await_ready(self, running: Running) -> None:
        told = self._began
        while not self.program.is_ready():
            now = time.monotonic()
            if running.poll() is not None:
                raise self._failure(f"ended {_how(running.returncode)} while starting")
            if now - self._began > READY_WITHIN_SECONDS:
                running.kill()
                raise self._failure(f"was not ready within {READY_WITHIN_SECONDS:.0f} s")
            if now - told > TELL_EVERY_SECONDS:
                told = now
                self._say(f"starting {self.program.title} ... still waiting after {now - self._began:.0f} s")
            time.sleep(LOOK_EVERY_SECONDS)
        self.is_ready = True
        self._say(f"starting {self.program.title} ... ready in {time.monotonic() - self._began:.1f} s")

    def _failure(self, what: str) -> ProgramFailed:
        self._output.finish()
        lines = self._output.last_lines()
        return ProgramFailed(f"{self.program.title} {what}. The end of {self._output.path}:\n{lines}")

    def _watch(self) -> None:
        running = self._running
        while running is not None:
            code = running.wait()
            self._clear_up()
            if self._stopping.is_set():
                break
            if not self.program.restart:
                self._say(f"{self.program.title} ended {_how(code)}")
                break
            running = self._again(code)
        self.is_over.set()

    def _again(self, code: int) -> Running | None:
        """Start it once more, after a pause if it keeps dying. None once all are to end."""
        lived = time.monotonic() - self._began
        self._short_lives = 0 if lived > RAN_WELL_SECONDS else self._short_lives + 1
        pause = PAUSES_SECONDS[min(max(self._short_lives - 1, 0), len(PAUSES_SECONDS) - 1)]
        later = f" in {pause:g} s; its log is {self._output.path}" if pause else ""
        self._say(f"{self.program.title} ended {_how(code)}: starting it again{later}")
        self._stopping.wait(pause)
        try:
            running = self._launch()
            self.restarts += 1
            self._await_ready(running)
        except ProgramFailed as failed:
            if self._stopping.is_set():
                return None
            self._say(failed.reason)
        return self._running

    def _clear_up(self) -> None:
        """Once per life: end what it had started itself, and let its last words reach the log."""
        with self._starting:
            ended, self._running = self._running, None
            self.is_ready = False
            if ended is not None:
                self._groups.end(ended.pid)
        self._output.finish()


def _how(code: int) -> str:
    return f"by {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
