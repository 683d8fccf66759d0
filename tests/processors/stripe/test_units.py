from decimal import Decimal

import pytest

from app.kit.errors import Rejected
from app.processors.stripe.units import from_units, to_units


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("123.45", "GBP", 12345),
        ("5000", "JPY", 5000),
        ("12.340", "KWD", 12340),
        ("100.00", "RSD", 10000),
        ("250", "ISK", 25000),
        ("250", "UGX", 25000),
    ],
)
def test_amounts_are_written_in_stripes_own_units(amount: str, currency: str, units: int) -> None:
    assert to_units(Decimal(amount), currency) == units
    assert from_units(units, currency) == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "currency"), [("0.001", "EUR"), ("1.5", "JPY"), ("1.234", "KWD"), ("9.50", "ISK")]
)
def test_an_amount_finer_than_a_card_can_pay_is_refused_in_words(amount: str, currency: str) -> None:
    with pytest.raises(Rejected, match="cannot be paid by card"):
        to_units(Decimal(amount), currency)
