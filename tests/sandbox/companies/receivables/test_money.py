"""Reading amounts."""

from decimal import Decimal

import pytest

from sandbox.companies.receivables.money import currency_in, read_amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1234.50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u202f234,50 €", "1234.50"),
        ("1'234.50", "1234.50"),
        ("£12", "12.00"),
        ("GBP 12.5", "12.5"),
        ("1,234", "1234.00"),
        ("1.234.567", "1234567.00"),
        ("12,345,678.90", "12345678.90"),
        ("-20.00", "-20.00"),
        ("(20.00)", "-20.00"),
        ("£-20.00", "-20.00"),
        ("0", "0.00"),
    ],
)
def test_an_amount_is_read_exactly(text: str, amount: str) -> None:
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["", "ten", "1,23,456.00", "1.2.3", "12.345,6,7", "1234,567", "NaN", "--", "1e5", "."]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an amount"):
        read_amount(text)


@pytest.mark.parametrize(
    ("text", "currency"), [("£12", "GBP"), ("12 EUR", "EUR"), ("$1", "USD"), ("12.00", None)]
)
def test_an_amount_may_name_its_currency(text: str, currency: str | None) -> None:
    assert currency_in(text) == currency
