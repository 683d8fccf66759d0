"""Whoever opens a pay page again and again does not use up what the ledger allows the whole business."""

from datetime import timedelta

import pytest

from app.kit.clock import SetClock
from app.kit.errors import Paused
from app.kit.ground import Ground
from app.payments.looks import MOST_A_DAY, one_look


def look(ground: Ground, whose: str) -> None:
    with one_look(ground, whose):
        pass


def test_a_customers_pages_have_a_share_of_the_day_and_take_nobody_elses(ground: Ground) -> None:
    for _ in range(MOST_A_DAY):
        look(ground, "ours:ada")
    with pytest.raises(Paused) as refused:
        look(ground, "ours:ada")
    assert timedelta() < refused.value.after <= timedelta(hours=26)
    look(ground, "ours:byron")
    look(ground, "theirs:ada")
    assert isinstance(ground.clock, SetClock)
    ground.clock.advance(timedelta(hours=26))
    look(ground, "ours:ada")
