"""Structured logs that name tenants and rows by id, and never a person or a secret."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

# Whoever logs one of these by mistake gets a mark instead of a leak.
_PRIVATE = frozenset(
    {"email", "emails", "phone", "name", "recipient", "address", "subject", "body", "text", "html", "cookie"}
    | {"token", "access_token", "refresh_token", "code", "state", "secret", "password", "authorization"}
)


def _without_private_values(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key in event:
        if key in _PRIVATE:
            event[key] = "[private]"
    return event


def configure_log(*, level: str, as_json: bool) -> None:
    """Set up the process's log on standard error: JSON lines, or readable lines in development."""
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    for noisy in ("rq.worker", "urllib3", "stripe", "authlib"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    renderer: Any = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_private_values,
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        # Looked up at each word: standard error may have been replaced since, and the old one closed.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def without_message(failure: BaseException) -> dict[str, str]:
    """An unexpected failure as it may be logged: its kind and its places in the code.

    Its message may quote what somebody typed, or a row of a database.
    """
    places = "".join(traceback.format_tb(failure.__traceback__))
    return {"error": type(failure).__name__, "places": places}


def get_log(room: str) -> Any:
    """A logger that says which room of the house speaks."""
    return structlog.get_logger(room=room)  # bound at its first word: modules are imported before the set-up
