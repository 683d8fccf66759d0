"""A day is right if everybody got what was expected, guests left aside."""

from datetime import date
from typing import Any

from app.demo.oracle import Oracle
from app.demo.reckoning import Reckoned, Reckoning
from tests.demo.test_oracle import FRIDAY, MONDAY, books, invoice

ONE, GUEST = "one@customer.example", "guest@customer.example"


def mails(*addresses: str) -> list[dict[str, Any]]:
    return [{"to": [address]} for address in addresses]


def reckoned(reckoning: Reckoning, day: date, *addresses: str) -> Reckoned:
    return reckoning.of_day(day, books(invoice()), mails(*addresses))


def test_what_was_expected_and_came_is_right_and_counts_once() -> None:
    reckoning = Reckoning(Oracle([0, 3]))
    assert reckoned(reckoning, FRIDAY, ONE) == Reckoned(1, 0, 0)
    assert reckoned(reckoning, MONDAY, ONE, ONE) == Reckoned(1, 0, 0)


def test_what_did_not_come_is_missing_and_what_came_to_somebody_else_is_too_many() -> None:
    assert reckoned(Reckoning(Oracle([0])), FRIDAY) == Reckoned(0, 1, 0)
    assert reckoned(Reckoning(Oracle([0])), FRIDAY, ONE, ONE, GUEST) == Reckoned(3, 0, 2)


def test_a_guest_s_mails_are_neither() -> None:
    assert reckoned(Reckoning(Oracle([0]), guests={GUEST}), FRIDAY, ONE, GUEST) == Reckoned(2, 0, 0)
    assert reckoned(Reckoning(Oracle([0]), guests={ONE}), FRIDAY) == Reckoned(0, 0, 0)
