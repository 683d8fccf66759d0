"""From which states a reminder goes to which, and what of a receipt counts. Pure; statements take their states here.

Every reminder is in exactly one state, and what happens late, twice or in the wrong order moves only what it may move.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.models import UNDECIDED, Delivery, MessageState, ReminderState

PLANNED, HELD, SENDING, SENT, FAILED, UNKNOWN, SKIPPED = ReminderState


class Word(StrEnum):
    """How it stands with a reminder, for a person: always exactly one of these."""

    WAITING = "waiting"
    HELD = "held"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    NOT_NEEDED = "not needed"
    """Paid, voided or overtaken meanwhile: there is nothing to send any more."""


WORDS: Mapping[ReminderState, Word] = {
    PLANNED: Word.WAITING,
    SENDING: Word.WAITING,
    HELD: Word.HELD,
    SENT: Word.SENT,
    UNKNOWN: Word.UNKNOWN,
    FAILED: Word.FAILED,
    SKIPPED: Word.NOT_NEEDED,
}


@dataclass(frozen=True, slots=True)
class Move:
    """What happens to a reminder in one of these states; in any other it changes nothing."""

    of: frozenset[ReminderState]
    to: ReminderState


ON_ITS_WAY = frozenset({SENDING, UNKNOWN})

CLAIM = Move(frozenset(UNDECIDED), SENDING)
HOLD = Move(frozenset({SENDING}), HELD)
SKIP = Move(frozenset({SENDING}), SKIPPED)
TAKEN = Move(ON_ITS_WAY | frozenset(UNDECIDED), SENT)
"""The vendor has it: the truth, also where somebody had given it up and planned it again."""
REFUSED = Move(ON_ITS_WAY, FAILED)
IN_DOUBT = Move(ON_ITS_WAY, UNKNOWN)
NOT_TAKEN = Move(ON_ITS_WAY, PLANNED)
NEXT_CHANNEL = Move(ON_ITS_WAY | {SENT}, PLANNED)
"""It did not arrive, and there is another way."""
NO_CHANNEL_LEFT = Move(ON_ITS_WAY | {SENT}, FAILED)
OVERTAKEN = Move(frozenset(UNDECIDED), SKIPPED)

OPEN_MESSAGE = (MessageState.SENDING, MessageState.UNKNOWN)
"""A message without an outcome."""

_SAYS = {
    None: 0,
    Delivery.DELIVERED: 1,
    Delivery.READ: 2,
    Delivery.UNDELIVERED: 3,
    Delivery.BOUNCED: 3,
    Delivery.COMPLAINED: 4,
}
ARRIVED = frozenset({Delivery.DELIVERED, Delivery.READ})
NOT_REACHED = frozenset({Delivery.UNDELIVERED, Delivery.BOUNCED})


def is_news(known: Delivery | None, told: Delivery) -> bool:
    """Whether a receipt counts: it says more than what is known, and what has arrived is not undelivered."""
    if known in ARRIVED and told is Delivery.UNDELIVERED:
        return False
    return _SAYS[told] > _SAYS[known]
