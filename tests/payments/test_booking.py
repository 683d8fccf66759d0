from uuid import uuid4

import pytest
from sqlalchemy import delete

from app.connectors.base import FeeStyle
from app.kit.errors import Rejected
from app.models import Account, BookingAccounts
from app.payments import booking
from app.payments.booking import BookingChoice
from tests.payments.business import Business


def choice(business: Business, currency: str) -> BookingChoice:
    with business.unit() as session:
        return next(row for row in booking.choices(session) if row.currency == currency)


def test_only_fitting_active_accounts_are_offered_and_the_plainest_is_suggested(business: Business) -> None:
    pounds = choice(business, "GBP")
    assert {account.name for account in pounds.clearing_accounts} == {
        "090 Business Current Account",
        "091 Stripe GBP",
    }
    assert not any("Old Marketing" in account.name for account in pounds.fee_accounts)
    by_id = {account.id: account.name for account in (*pounds.clearing_accounts, *pounds.fee_accounts)}
    assert pounds.suggested_clearing is not None
    assert pounds.suggested_fee is not None
    assert by_id[pounds.suggested_clearing] == "091 Stripe GBP"
    assert by_id[pounds.suggested_fee] == "404 Bank Fees"


def test_a_suggestion_is_never_taken_by_itself(business: Business) -> None:
    with business.unit() as session:
        session.execute(delete(BookingAccounts))
    assert choice(business, "EUR").clearing is None
    assert choice(business, "EUR").fee is None


def test_a_saved_choice_is_shown_and_can_be_changed(business: Business) -> None:
    euros = choice(business, "EUR")
    other = next(account.id for account in euros.fee_accounts if account.id != euros.fee)
    assert euros.clearing is not None
    with business.unit() as session:
        now = business.ground.clock.now()
        booking.save(session, currency="EUR", clearing_id=euros.clearing, fee_id=other, now=now)
    assert choice(business, "EUR").fee == other


def test_a_ledger_with_one_way_to_book_fees_offers_no_choice_and_takes_no_other(business: Business) -> None:
    pounds = choice(business, "GBP")
    assert (pounds.fee_style, pounds.fee_styles) == (FeeStyle.EXPENSE, (FeeStyle.EXPENSE,))
    with pytest.raises(Rejected, match="cannot book card fees in this way"):
        business.choose_accounts("GBP", fee_style=FeeStyle.DEPOSIT)


@pytest.mark.parametrize("wrong", ["other currency", "not a bank", "archived", "unknown"])
def test_an_account_that_does_not_fit_is_refused_with_a_sentence(business: Business, wrong: str) -> None:
    pounds, euros = choice(business, "GBP"), choice(business, "EUR")
    with business.unit() as session:
        by_name = {account.name: account.id for account in session.query(Account)}
    clearing = {
        "other currency": euros.clearing,
        "not a bank": by_name["Bank Fees"],
        "archived": by_name["Old Savings Account"],
        "unknown": uuid4(),
    }[wrong]
    assert clearing is not None
    assert pounds.fee is not None
    assert pounds.clearing is not None
    now = business.ground.clock.now()
    with business.unit() as session, pytest.raises(Rejected, match="active bank account in GBP"):
        booking.save(session, currency="GBP", clearing_id=clearing, fee_id=pounds.fee, now=now)
    with business.unit() as session, pytest.raises(Rejected, match="active expense account"):
        booking.save(session, currency="GBP", clearing_id=pounds.clearing, fee_id=by_name["Sales"], now=now)
