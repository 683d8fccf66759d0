"""What can go wrong with an embedded server, in words for the developer who started it."""

from pathlib import Path

from app.kit.errors import DueMateError

LAST_LINES = 25


class EmbeddedServerError(DueMateError):
    """An embedded server cannot be started; the reason says why and what to do."""


class FolderInUse(EmbeddedServerError):
    """Another running DueMate serves this folder."""


class EndedAtOnce(EmbeddedServerError):
    """The server ended before it answered; the reason carries the end of its log."""


def ended_at_once(name: str, log: Path) -> EndedAtOnce:
    lines = log.read_text(errors="replace").splitlines()[-LAST_LINES:] if log.exists() else []
    told = "\n".join(lines) or "it said nothing"
    return EndedAtOnce(f"{name} ended while starting. The end of {log}:\n{told}")
