"""Takes what programs print into one log file each, and to the terminal if wanted."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

from app.kit.embedded.folder import KEEP_LOG_BYTES, open_log

LAST_LINES = 25


class Output:
    """The log of one program, over all its restarts. Every line starts with the program's name."""

    def __init__(self, name: str, folder: Path, echo: Callable[[str], None] | None) -> None:
        self.path = folder / f"{name}.log"
        self._name = name
        self._echo = echo
        self._reader: threading.Thread | None = None

    def opened(self) -> int:
        """A descriptor for one start of the program to write to. The caller closes it."""
        reading, writing = os.pipe()
        self._reader = threading.Thread(
            target=self._take, args=[reading], name=f"{self._name} output", daemon=True
        )
        self._reader.start()
        return writing

    def finish(self) -> None:
        """Wait until what the ended program still said is written."""
        if self._reader is not None:
            self._reader.join(2)

    def last_lines(self) -> str:
        if not self.path.exists():
            return "it said nothing"
        return "\n".join(self.path.read_text(errors="replace").splitlines()[-LAST_LINES:])

    def _take(self, reading: int) -> None:
        log = open_log(self.path)
        with os.fdopen(reading, errors="replace") as lines:
            for line in lines:
                text = f"{self._name} | {line.rstrip()}"
                if os.fstat(log).st_size > KEEP_LOG_BYTES:
                    os.close(log)
                    log = open_log(self.path)
                os.write(log, f"{text}\n".encode())
                if self._echo is not None:
                    self._echo(text)
        os.close(log)
