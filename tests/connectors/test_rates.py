"""A rate is sent only where the ledger makes of it exactly what arrived."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.base import Arrived
from app.connectors.rates import foreign_for_base, home_for_foreign
from app.kit.errors import Rejected
from app.kit.money import rounded

_CENTS = st.integers(1, 2_000_000).map(lambda cents: Decimal(cents).scaleb(-2))


@given(amount=_CENTS, arrived=_CENTS)
def test_a_rate_gives_the_cent_or_none_is_given(amount: Decimal, arrived: Decimal) -> None:
    into = Arrived(arrived, "GBP", "EUR")
    for rate_of in (home_for_foreign, foreign_for_base):
        try:
            rate = rate_of(amount, into)
        except Rejected:
            continue
        assert rate == rate.quantize(Decimal("0.000001"))
        reckoned = amount * rate if rate_of is home_for_foreign else amount / rate
        assert rounded(reckoned, "GBP") == arrived


def test_usual_payments_have_a_rate_and_huge_ones_may_have_none() -> None:
    assert home_for_foreign(Decimal("1640.55"), Arrived(Decimal("1396.44"), "GBP", "EUR")) == Decimal(
        "0.851202"
    )
    assert foreign_for_base(Decimal("1640.55"), Arrived(Decimal("1396.44"), "GBP", "EUR")) == Decimal(
        "1.174809"
    )
    for rate_of in (home_for_foreign, foreign_for_base):
        with pytest.raises(Rejected, match=r"EUR 98,765,432\.10 exactly the GBP 84,067,934\.57"):
            rate_of(Decimal("98765432.10"), Arrived(Decimal("84067934.57"), "GBP", "EUR"))


def test_digits_are_those_of_the_currency_that_arrives() -> None:
    assert home_for_foreign(Decimal("10.00"), Arrived(Decimal(1604), "JPY", "USD")) == Decimal("160.4")
    assert foreign_for_base(Decimal(1604), Arrived(Decimal("3.141"), "KWD", "JPY")) == Decimal("510.665393")
