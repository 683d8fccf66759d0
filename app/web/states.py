"""The words for states, always the same, each with the meaning its dot and colour carry."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.models import (
    ChargebackState,
    Delivery,
    MessageState,
    PaymentState,
    PayoutState,
    RefundState,
    ReminderState,
    WriteBackState,
)


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
    WriteBackState.UNDOING: StateWord("Being undone", "info"),
    WriteBackState.UNDONE: StateWord("Undone", "attention"),
}

_REFUND_WORDS = {
    RefundState.ASKED: StateWord("Sending", "info"),
    RefundState.PENDING: StateWord("On its way", "info"),
    RefundState.SUCCEEDED: StateWord("Given back", "good"),
    RefundState.FAILED: StateWord("Failed", "bad"),
}

_CHARGEBACK_WORDS = {
    ChargebackState.INQUIRY: StateWord("The bank asks", "attention"),
    ChargebackState.OPEN: StateWord("Taken back, not decided", "attention"),
    ChargebackState.WON: StateWord("Won", "good"),
    ChargebackState.LOST: StateWord("Lost", "bad"),
}

_PAYOUT_WORDS = {
    PayoutState.ON_ITS_WAY: StateWord("On its way", "info"),
    PayoutState.PAID: StateWord("Paid out", "good"),
    PayoutState.FAILED: StateWord("Failed", "bad"),
    PayoutState.CANCELED: StateWord("Canceled", "calm"),
}

_FAMILIES: dict[type[StrEnum], Mapping[Any, StateWord]] = {
    MessageState: _MESSAGE_WORDS,
    Delivery: _DELIVERY_WORDS,
    PaymentState: _PAYMENT_WORDS,
    WriteBackState: _WRITE_BACK_WORDS,
    RefundState: _REFUND_WORDS,
    ChargebackState: _CHARGEBACK_WORDS,
    PayoutState: _PAYOUT_WORDS,
}


def state_word(state: StrEnum) -> StateWord:
    """The word the workspace shows for a state of a reminder, a message, or of money."""
    return _FAMILIES.get(type(state), _WORDS)[state]


def outcome_word(state: StrEnum, delivery: Delivery | None) -> StateWord:
    """What became of a reminder or a message that has left, as far as its vendor told; else its state."""
    has_left = state in (ReminderState.SENT, ReminderState.FAILED)
    return _DELIVERY_WORDS[delivery] if delivery is not None and has_left else state_word(state)
