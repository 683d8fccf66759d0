"""Folders outside the project for root's PostgreSQL, whose account cannot enter a private home."""

import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path

from app.kit.embedded.errors import EmbeddedServerError

# Every folder we make in them is checked to be ours and closed to others before it is used.
_PLACES = (Path("/var/tmp"), Path("/tmp"))  # noqa: S108
_ORIGIN = "origin"


def shelter(kind: str, key: str) -> Path:
    """A folder of ours that any account can enter and only we can change.

    Raises EmbeddedServerError if the name is taken by somebody else.
    """
    parent = next((place for place in _PLACES if place.is_dir()), None)
    if parent is None:
        raise EmbeddedServerError("There is neither a /var/tmp nor a /tmp to give PostgreSQL a place in.")
    return _ours(_ours(_ours(parent / f"duemate-{os.geteuid()}") / kind) / key)


def shelter_for(folder: Path, kind: str) -> Path:
    """The shelter of a project's folder: the same at every start, another for every project."""
    place = shelter(kind, hashlib.sha256(os.fsencode(folder)).hexdigest()[:16])
    (place / _ORIGIN).write_bytes(os.fsencode(folder))
    _leave_abandoned(place, wherever=kind == "passing")
    return place


def leave_shelter(place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)


def _leave_abandoned(newcomer: Path, *, wherever: bool) -> None:
    """Remove what is left of test runs and demos whose folder is gone.

    A folder outside of the system's temporary one may only be out of reach at the moment: its databases stay.
    """
    temporary = Path(tempfile.gettempdir()).resolve()
    for place in newcomer.parent.iterdir():
        memory = place / _ORIGIN
        if place == newcomer or not memory.exists():
            continue
        origin = Path(os.fsdecode(memory.read_bytes()))
        if not origin.exists() and (wherever or origin.is_relative_to(temporary)):
            leave_shelter(place)


def _ours(place: Path) -> Path:
    place.mkdir(mode=0o711, exist_ok=True)
    found = place.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise EmbeddedServerError(
            f"{place} belongs to somebody else or can be changed by others. Remove it, or set DATABASE_URL."
        )
    place.chmod(0o711)
    return place
