"""Virtual time: the machine's clock plus an offset that only grows while a world lasts."""

import os
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path


class Clock:
    """Tells the sandbox's time. With a file, the offset (text: seconds) is shared with other processes."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._offset = timedelta()
        self._read_at = -1
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The virtual time, aware and in UTC."""
        return datetime.now(UTC) + self.offset()

    def timestamp(self) -> int:
        """The virtual time in whole seconds since 1970, as vendors write it."""
        return int(self.now().timestamp())

    def offset(self) -> timedelta:
        """How far virtual time is ahead of the machine's."""
        if self._path is not None:
            self._read(self._path)
        return self._offset

    def advance(self, by: timedelta) -> datetime:
        """Move forward by `by` and return the new time; going back raises ValueError."""
        if by < timedelta():
            raise ValueError("virtual time moves forward only")
        with self._lock:
            self._keep(self.offset() + by)
        return self.now()

    def rewind(self) -> None:
        """Back to the machine's time: for a new world only, in which nothing has happened yet."""
        with self._lock:
            self._keep(timedelta())

    def _keep(self, offset: timedelta) -> None:
        self._offset = offset
        if self._path is not None:
            _replace(self._path, f"{offset.total_seconds()}\n")

    def _read(self, path: Path) -> None:
        try:
            changed_at = path.stat().st_mtime_ns
            if changed_at != self._read_at:
                self._offset = timedelta(seconds=float(path.read_text()))
                self._read_at = changed_at
        except FileNotFoundError:
            self._offset, self._read_at = timedelta(), -1


def _replace(path: Path, text: str) -> None:
    """Write through a temporary file, so that a reader never sees half of it."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
    Path(temporary).chmod(0o644)
    Path(temporary).replace(path)
