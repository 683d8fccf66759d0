"""Every state has its word."""

from itertools import chain

import pytest

from app.models import (
    ChargebackState,
    MessageState,
    PaymentState,
    PayoutState,
    RefundState,
    ReminderState,
    WriteBackState,
)
from app.web.states import state_word

TONES = {"good", "attention", "bad", "info", "calm"}


@pytest.mark.parametrize(
    "state",
    list(
        chain(
            ReminderState,
            MessageState,
            PaymentState,
            WriteBackState,
            RefundState,
            ChargebackState,
            PayoutState,
        )
    ),
    ids=repr,
)
def test_every_state_has_a_word_and_a_tone(state: ReminderState) -> None:
    shown = state_word(state)
    assert shown.word
    assert shown.tone in TONES


def test_reminders_use_the_words_that_are_always_the_same() -> None:
    assert [state_word(state).word for state in ReminderState] == [
        "Planned",
        "Held",
        "Sending",
        "Sent",
        "Failed",
        "Unknown",
        "Skipped",
    ]


def test_equal_names_of_different_families_are_told_apart() -> None:
    assert state_word(PaymentState.FAILED).word == "Failed"
    assert state_word(WriteBackState.UNKNOWN).word == "Unknown"
    assert state_word(WriteBackState.DONE).word == "Booked"
