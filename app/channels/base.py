"""The Channel port: hand one message over, or ask later what became of it.

Errors of `send`: `Retryable` (not taken, come again), `Rejected` (this message or address is refused for
good; `Refused` says also what that means for the next one), `OutcomeUnknown` (it may have been taken: `lookup`
before anything else).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.kit.errors import Rejected


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message."""

    name: str
    media_type: str
    """Such as `application/pdf`; never `multipart/...` or `message/...`."""
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A finished message. `marker` is ours and unique per attempt: the Message-ID of a mail."""

    marker: str
    sender_name: str
    reply_to: str | None
    recipient: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    also_to: tuple[str, ...] = field(default=(), repr=False)
    """Further addresses that it is written to, where the channel can: a mail."""
    cc: tuple[str, ...] = field(default=(), repr=False)
    """Addresses that get a copy. What refuses a copy never keeps the message from its recipient."""
    bcc: tuple[str, ...] = field(default=(), repr=False)
    """Addresses that get a copy which nobody else sees."""
    html: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    template: str | None = None
    """The vendor's id of an approved template, where the channel takes nothing else; `text` is what it reads."""
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What fills the template."""
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)
    """Only where the channel carries files."""


@dataclass(frozen=True, slots=True)
class Sought:
    """An attempt whose outcome is looked for: its marker, and what it can be recognised by where that is lost."""

    marker: str
    recipient: str = field(repr=False)
    text: str = field(repr=False)
    began_at: datetime


class Outcome(StrEnum):
    """What the vendor knows of a message we are unsure about."""

    TAKEN = "taken"
    NEVER_SEEN = "never_seen"


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a look-up, with the vendor's id of the message if it tells one."""

    outcome: Outcome
    vendor_id: str | None = None


class Meaning(StrEnum):
    """What a refusal or a failed delivery says about the next message."""

    OPTED_OUT = "opted_out"
    """The recipient told the vendor to stop."""
    BAD_ADDRESS = "bad_address"
    """Nothing will ever arrive at this address on this channel."""
    NOT_REACHED = "not_reached"
    """Not this time: a phone that is off, a limit of the recipient's."""
    FILTERED = "filtered"
    """A carrier took it for unwanted: the business has to look at what it writes."""
    NOT_SET_UP = "not_set_up"
    """The business's sender is not allowed to do this (yet)."""
    TEMPLATE = "template"
    """The template is not, or no longer, approved."""
    OTHER = "other"


class Refused(Rejected):
    """A refusal with its meaning and the vendor's own code."""

    def __init__(self, reason: str, *, meaning: Meaning, code: str) -> None:
        super().__init__(reason)
        self.meaning, self.code = meaning, code


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do, so that the gate and the composer need not know which it is."""

    name: str
    has_subject: bool
    has_html: bool
    longest_text: int | None
    answers_lookup: bool
    at_once: int = 8
    """How many messages may be handed over at the same time."""


class Channel(Protocol):
    """One channel, configured. Safe to use from several threads at once."""

    @property
    def capabilities(self) -> Capabilities: ...

    def send(self, message: Outgoing) -> str:
        """Hand the message over once; the vendor's id of it."""
        ...

    def lookup(self, sought: Sought) -> Found | None:
        """What became of this attempt; None if the vendor cannot tell. Raises Retryable if it is away."""
        ...

    def close(self) -> None:
        """Give connections back; the channel is not used afterwards."""
        ...
