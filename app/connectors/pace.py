"""How fast a vendor may be asked: its limits, and the turn that every call to it waits for."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from app.kit.errors import Retryable


@dataclass(frozen=True, slots=True)
class Window:
    """At most `calls` calls within any `seconds` seconds."""

    calls: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What a vendor allows our app for one organisation, and for all of them together."""

    organisation: tuple[Window, ...]
    app: tuple[Window, ...]
    at_once: int
    """Calls of one organisation under way at the same time."""
    kinds: Mapping[str, tuple[Window, ...]] = field(default_factory=dict)
    """Windows that some kinds of an organisation's calls have besides, by a name of the adapter's own."""


class Urgency(StrEnum):
    """Who waits for an answer. A lesser one leaves room for those before it."""

    INTERACTIVE = "interactive"
    """A person looks at the page: a payer, or somebody who connects."""
    PROMPT = "prompt"
    """A reminder at the gate, a payment to be booked."""
    BACKGROUND = "background"
    """Pulls and sweeps."""


class LimitScope(StrEnum):
    """Which of its limits a vendor names when it refuses."""

    AT_ONCE = "at_once"
    MINUTE = "minute"
    DAY = "day"
    APP = "app"


class Pace(Protocol):
    """The turns of one organisation's calls at one vendor."""

    def turn(self, kind: str | None = None) -> AbstractContextManager[None]:
        """The right to make one call, held while it is under way. Raises Paused if there is none soon.

        `kind` is one of the connector's `Limits.kinds`, if the call is of one.
        """
        ...

    def refused(self, scope: LimitScope, after: timedelta, reason: str) -> Retryable:
        """The vendor refused a call for a limit: let nobody ask before `after`. The error to raise."""
        ...
