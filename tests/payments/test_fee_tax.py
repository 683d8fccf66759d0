"""A tax code within card fees: offered by the ledger, chosen by the business, shown before and booked to the cent."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.connectors.base import FeeStyle, TaxCode
from app.kit.errors import Rejected
from app.models import BookingAccounts
from app.payments.fee_tax import chosen_tax, read_tax_codes, tax_named, tax_within
from app.payments.sample import sample_entries
from tests.payments.books_flow import at_processor, on_clearing
from tests.payments.business import Business
from tests.payments.money_flow import paid

STANDARD = TaxCode("INPUT2", "20% (VAT on Expenses)", Decimal(20))


def choose(business: Business, code: TaxCode) -> None:
    with business.unit() as session:
        row = session.scalars(select(BookingAccounts).where(BookingAccounts.currency == "GBP")).one()
        row.fee_tax_code, row.fee_tax_name, row.fee_tax_percent = code.code, code.name, code.percent


def test_a_fee_is_booked_with_the_chosen_code_and_stays_what_was_taken(business: Business) -> None:
    offered = read_tax_codes(business.ground, business.tenant.tenant_id)
    assert offered is not None
    choose(business, next(code for code in offered if code.code == "INPUT2"))
    payment = paid(business)
    assert business.all_done(), business.states()
    [fee] = [
        row
        for row in business.books().ledger["bank_transactions"]
        if row["reference"] == f"Stripe fee {payment.external_id}"
    ]
    assert payment.fee is not None
    assert Decimal(fee["total"]) == payment.fee
    assert fee["tax_codes"] == ["INPUT2"]
    assert Decimal(fee["tax"]) == tax_within(payment.fee, Decimal(20), "GBP")
    assert on_clearing(business) == at_processor(business)


def test_the_sample_shows_the_tax(business: Business) -> None:
    choose(business, STANDARD)
    with business.unit() as session:
        shown = sample_entries(session, currency="GBP", now=business.ground.clock.now())
    assert [entry.tax for entry in shown][:2] == ["No tax", "20% (VAT on Expenses): 0.28 of it"]


def test_codes_that_cannot_be_read_are_told_apart_from_none(business: Business) -> None:
    business.sandbox.fault("xero", "500", match="TaxRates", times=None)
    assert read_tax_codes(business.ground, business.tenant.tenant_id) is None


@pytest.mark.parametrize(
    ("code", "offered", "kept", "expected"),
    [
        ("", [STANDARD], None, None),
        ("", None, STANDARD, None),
        ("INPUT2", [STANDARD], None, STANDARD),
        ("INPUT2", None, STANDARD, STANDARD),
    ],
)
def test_what_is_chosen_is_what_the_ledger_offers_or_was_chosen_before(
    code: str, offered: list[TaxCode] | None, kept: TaxCode | None, expected: TaxCode | None
) -> None:
    assert tax_named(code, offered, kept, FeeStyle.EXPENSE) == expected


@pytest.mark.parametrize(
    ("code", "offered", "style", "why"),
    [
        ("OTHER", [STANDARD], FeeStyle.EXPENSE, "does not have this tax code any more"),
        ("OTHER", None, FeeStyle.EXPENSE, "cannot be read"),
        ("INPUT2", [STANDARD], FeeStyle.DEPOSIT, "bank deposit have no tax code"),
    ],
)
def test_a_code_that_cannot_be_is_refused_in_words(
    code: str, offered: list[TaxCode] | None, style: FeeStyle, why: str
) -> None:
    with pytest.raises(Rejected, match=why):
        tax_named(code, offered, STANDARD, style)


def test_no_tax_is_no_code() -> None:
    assert chosen_tax(None) is None
    assert chosen_tax(BookingAccounts()) is None
