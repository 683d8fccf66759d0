"""The words for states, always the same, each with the meaning its dot and colour carry."""

from dataclasses import dataclass
from enum import StrEnum

from app.models import Delivery, MessageState, PaymentState, ReminderState, WriteBackState


@dataclass(frozen=True)
class StateWord:
    """A word and a tone: `good`, `attention`, `bad`, `info` or `calm`."""

    word: str
    tone: str


_WORDS: dict[StrEnum, StateWord] = {
    ReminderState.PLANNED: StateWord("Planned", "calm"),
    ReminderState.HELD: StateWord("Held", "attention"),
    ReminderState.SENDING: StateWord("Sending", "info"),
    ReminderState.SENT: StateWord("Sent", "good"),
    ReminderState.FAILED: StateWord("Failed", "bad"),
    ReminderState.UNKNOWN: StateWord("Unknown", "attention"),
    ReminderState.SKIPPED: StateWord("Skipped", "calm"),
}

# Members of different enumerations may be equal as strings, so each family has its own table.
_MESSAGE_WORDS = {state: _WORDS[ReminderState(state.value)] for state in MessageState}

_DELIVERY_WORDS = {
    Delivery.DELIVERED: StateWord("Delivered", "good"),
    Delivery.READ: StateWord("Read", "good"),
    Delivery.UNDELIVERED: StateWord("Not delivered", "bad"),
    Delivery.BOUNCED: StateWord("Bounced", "bad"),
    Delivery.COMPLAINED: StateWord("Reported as unwanted", "bad"),
}

_PAYMENT_WORDS = {
    PaymentState.PROCESSING: StateWord("Processing", "info"),
    PaymentState.SUCCEEDED: StateWord("Paid", "good"),
    PaymentState.FAILED: StateWord("Failed", "bad"),
}

_WRITE_BACK_WORDS = {
    WriteBackState.WAITING: StateWord("Planned", "calm"),
    WriteBackState.SENDING: StateWord("Sending", "info"),
    WriteBackState.UNKNOWN: StateWord("Unknown", "attention"),
    WriteBackState.DONE: StateWord("Booked", "good"),
    WriteBackState.PARKED: StateWord("Held", "attention"),
}


def state_word(state: StrEnum) -> StateWord:
    """The word the workspace shows for a state of a reminder, message, delivery, payment or write-back."""
    if isinstance(state, MessageState):
        return _MESSAGE_WORDS[state]
    if isinstance(state, Delivery):
        return _DELIVERY_WORDS[state]
    if isinstance(state, PaymentState):
        return _PAYMENT_WORDS[state]
    if isinstance(state, WriteBackState):
        return _WRITE_BACK_WORDS[state]
    return _WORDS[state]


def outcome_word(state: StrEnum, delivery: Delivery | None) -> StateWord:
    """What became of a reminder or a message that has left, as far as its vendor told; else its state."""
    has_left = state in (ReminderState.SENT, ReminderState.FAILED)
    return _DELIVERY_WORDS[delivery] if delivery is not None and has_left else state_word(state)
