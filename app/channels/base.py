"""The Channel port: hand one message over, or ask later what became of it.

Errors of `send`: `Retryable` (not taken, come again), `Rejected` (this message or address is refused for
good), `OutcomeUnknown` (it may have been taken: `lookup` before anything else).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A finished message. `marker` is ours and unique per attempt: the Message-ID of a mail."""

    marker: str
    sender_name: str
    reply_to: str | None
    recipient: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class Outcome(StrEnum):
    """What the vendor knows of a message we are unsure about."""

    TAKEN = "taken"
    NEVER_SEEN = "never_seen"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do, so that the gate and the composer need not know which it is."""

    name: str
    has_subject: bool
    has_html: bool
    longest_text: int | None
    answers_lookup: bool


class Channel(Protocol):
    """One channel, configured. Safe to use from several threads at once."""

    @property
    def capabilities(self) -> Capabilities: ...

    def send(self, message: Outgoing) -> str:
        """Hand the message over once; the vendor's id of it."""
        ...

    def lookup(self, marker: str) -> Outcome | None:
        """What became of the attempt with this marker; None if the vendor cannot tell."""
        ...

    def close(self) -> None:
        """Give connections back; the channel is not used afterwards."""
        ...
