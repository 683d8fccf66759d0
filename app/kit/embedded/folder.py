"""A folder that belongs to one running server at a time, and the small private files in it."""

import fcntl
import os
import secrets
import time
from pathlib import Path

from app.kit.embedded.errors import FolderInUse

LAST_WRITES_SECONDS = 15
KEEP_LOG_BYTES = 5_000_000


class FolderClaim:
    """Holds a folder until we and the server that inherited `descriptor` have both ended or let go.

    That way nobody starts a second server on the files of one that is still writing its last lines.
    """

    def __init__(self, folder: Path, server: str) -> None:
        """Raises FolderInUse if a living process holds it."""
        self._file = (folder / "claim").open("a+", encoding="ascii")
        began = time.monotonic()
        while not self._claimed():
            patience = 0.5 if self._holder_lives() else LAST_WRITES_SECONDS
            if time.monotonic() - began > patience:
                self._file.close()
                raise FolderInUse(
                    f"The {server} in {folder} already serves another running DueMate. Stop that one first."
                )
            time.sleep(0.05)
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    @property
    def descriptor(self) -> int:
        return self._file.fileno()

    def _claimed(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _holder_lives(self) -> bool:
        self._file.seek(0)
        holder = self._file.read()
        try:
            os.kill(int(holder), 0)
        except (ProcessLookupError, ValueError):
            return False
        except PermissionError:
            pass
        return True

    def release(self) -> None:
        self._file.close()


def write_private(path: Path, text: str) -> None:
    """Write a file that only we can read, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


def remembered_password(path: Path) -> str:
    """The password kept in this private file; made on first use. It is safe inside a URL."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24))
    return path.read_text(encoding="utf-8").strip()


def open_log(path: Path) -> int:
    """A descriptor that appends to the log; a log grown large is set aside first. The caller closes it."""
    if path.exists() and path.stat().st_size > KEEP_LOG_BYTES:
        path.replace(path.with_suffix(".old.log"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
