"""Minor units of every kind of currency, and a clock that can be moved from outside."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from app.kit.clock import OffsetFileClock, SetClock, local_date
from app.kit.money import from_minor, rounded, to_minor, typed_number


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("12.34", "GBP", 1234),
        ("0.50", "RSD", 50),
        ("1200", "JPY", 1200),
        ("1.234", "KWD", 1234),
        ("-0.05", "EUR", -5),
    ],
)
def test_amounts_turn_into_minor_units_and_back(amount: str, currency: str, units: int) -> None:
    assert to_minor(Decimal(amount), currency) == units
    assert from_minor(units, currency) == Decimal(amount)


@given(st.integers(-(10**12), 10**12), st.sampled_from(["GBP", "JPY", "KWD", "USD", "ISK"]))
def test_minor_units_come_back_exactly(units: int, currency: str) -> None:
    assert to_minor(from_minor(units, currency), currency) == units


def test_an_amount_finer_than_its_currency_is_refused() -> None:
    with pytest.raises(ValueError, match="JPY"):
        to_minor(Decimal("1.5"), "JPY")


def test_coins_that_nobody_carries_any_more_are_still_written() -> None:
    assert format_currency(Decimal("1234.50"), "RSD", locale="en").endswith("1,234.50")


def test_half_a_penny_rounds_up() -> None:
    assert rounded(Decimal("0.125"), "GBP") == Decimal("0.13")


def test_the_offset_file_moves_the_clock_as_soon_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    clock = OffsetFileClock(path)
    before = clock.now()
    path.write_text("86400.0")
    assert timedelta(days=1) <= clock.now() - before < timedelta(days=1, minutes=1)


def test_a_local_date_is_that_of_the_zone() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert local_date(late, "Pacific/Auckland") == date(2026, 11, 21)
    assert local_date(late, "America/New_York") == date(2026, 11, 20)


def test_a_set_clock_stands_still_until_it_is_moved() -> None:
    clock = SetClock(datetime(2026, 11, 20, tzinfo=UTC))
    assert clock.now() == clock.now()
    assert clock.advance(timedelta(hours=1)).hour == 1


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("120.50", "120.50"),
        (" 1,234,567.5 ", "1234567.5"),
        ("-0", "0"),
        ("12,50", None),
        ("1,2345", None),
        ("1.234,50", None),
        ("1e3", None),
        ("NaN", None),
        ("１２", None),
        ("1_000", None),
        ("", None),
    ],
)
def test_a_typed_number_is_what_was_meant_or_asked_for_again(typed: str, meant: str | None) -> None:
    assert typed_number(typed) == (None if meant is None else Decimal(meant))
