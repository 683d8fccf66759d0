"""A call is made once its turn has come, and only by whom the work still belongs to."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from app.connectors.fenced_pace import FencedPace
from app.connectors.pace import LimitScope
from app.kit.errors import Retryable


class TakenOver(Exception):
    """Somebody else does it now."""


class Turns:
    """Tells what happens to its turns."""

    def __init__(self) -> None:
        self.told: list[str] = []

    @contextmanager
    def turn(self, kind: str | None = None) -> Iterator[None]:
        self.told.append(f"turn of {kind}")
        try:
            yield
        finally:
            self.told.append("over")

    def refused(self, scope: LimitScope, after: timedelta, reason: str) -> Retryable:
        return Retryable(f"{scope}: {reason}", after=after)


def test_it_is_asked_when_the_turn_has_come_and_before_the_call() -> None:
    turns = Turns()
    with FencedPace(turns, lambda: turns.told.append("ours")).turn("batch"):
        turns.told.append("call")
    assert turns.told == ["turn of batch", "ours", "call", "over"]


def test_of_work_that_was_taken_over_no_call_is_made_and_the_turn_is_given_back() -> None:
    turns = Turns()

    def taken_over() -> None:
        raise TakenOver

    with pytest.raises(TakenOver), FencedPace(turns, taken_over).turn():
        turns.told.append("call")
    assert turns.told == ["turn of None", "over"]


def test_a_refusal_of_the_vendor_s_goes_to_the_turns() -> None:
    told = FencedPace(Turns(), lambda: None).refused(LimitScope.DAY, timedelta(hours=1), "tomorrow")
    assert (told.reason, told.after) == ("day: tomorrow", timedelta(hours=1))
