"""Where money is booked: accounts, the entries of a sample payment, and the switch."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.models import (
    Account,
    BookingAccounts,
    ClosedPeriod,
    Connection,
    Overpaid,
    WriteBack,
    WriteBackState,
)
from tests.web.browser import Page
from tests.web.conftest import House

PLACE = "/settings/booking"


def account(house: House, name: str) -> UUID:
    with house.ground.database.tenant(house.tenant_id) as session:
        return session.scalars(select(Account.id).where(Account.name == name)).one()


def chosen(house: House) -> BookingAccounts:
    with house.ground.database.tenant(house.tenant_id) as session:
        return session.scalars(select(BookingAccounts)).one()


def choose(house: House, **more: str) -> int:
    """Press Save with accounts that fit and further choices; the answer's status."""
    fitting = {
        "clearing-GBP": str(account(house, "Stripe clearing")),
        "fee-GBP": str(account(house, "Stripe fees")),
    }
    return house.owner.post(PLACE, **(fitting | more)).status_code


def parked(house: House) -> int:
    with house.ground.database.tenant(house.tenant_id) as session:
        waiting = select(WriteBack).where(WriteBack.state == WriteBackState.PARKED)
        return len(session.scalars(waiting).all())


def with_books_in_quickbooks(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        session.scalars(select(Connection)).one().ledger = "quickbooks"


def test_accounts_are_suggested_and_nothing_is_chosen_until_it_is_saved(house: House) -> None:
    page = house.owner.page(PLACE)
    for name in ("Stripe clearing", "Stripe fees", "Business Bank Account"):
        assert page.has("option", value=str(account(house, name)), selected=""), name
    assert "appear here once you have chosen the accounts" in page.text
    with house.ground.database.tenant(house.tenant_id) as session:
        assert session.scalars(select(BookingAccounts)).all() == []


def test_a_currency_without_a_clearing_account_is_suggested_nothing_and_saves_with_the_others(
    house: House,
) -> None:
    page = house.owner.page(PLACE)
    fees = str(account(house, "Stripe fees"))
    chosen_by_name = [given for tag, given in page.tags if tag == "option" and "selected" in given]
    assert [given["value"] for given in chosen_by_name].count(fees) == 1
    assert choose(house, **{"clearing-EUR": "", "fee-EUR": "", "refund-EUR": "", "bank-EUR": ""}) == 303


def test_what_is_chosen_is_kept_and_booking_waits_for_the_switch(house: House) -> None:
    more = {
        "refund-GBP": str(account(house, "Bank Fees")),
        "bank-GBP": str(account(house, "Business Bank Account")),
        "closed-GBP": "first_open_day",
        "overpaid-GBP": "credit",
        "clearing-EUR": "",
        "fee-EUR": "",
    }
    assert choose(house, **more) == 303
    row = chosen(house)
    assert row.currency == "GBP"
    assert row.refund_account_id == account(house, "Bank Fees")
    assert row.bank_account_id == account(house, "Business Bank Account")
    assert (row.closed_period, row.overpaid) == (ClosedPeriod.FIRST_OPEN_DAY, Overpaid.CREDIT)
    assert row.switched_on_at is None
    page = house.owner.page(PLACE)
    assert "then switch booking on" in page.text
    assert page.has("input", name="closed-GBP", value="first_open_day", checked="")
    assert page.has("input", name="overpaid-GBP", value="credit", checked="")


def test_the_entries_of_a_sample_payment_are_shown_before_the_switch(house: House) -> None:
    choose(house, **{"bank-GBP": str(account(house, "Business Bank Account"))})
    text = house.owner.page(PLACE).text
    assert "Payment INV-SAMPLE" in text
    assert "From Customer" not in text
    assert "Customer Stripe clearing No tax Stripe pi_sample 100.00" in text
    assert "Stripe clearing Stripe fees No tax Stripe fee pi_sample 1.70" in text
    assert "Stripe clearing Business Bank Account No tax Stripe payout po_sample 98.30" in text
    assert "Refunds are not among them" in text
    assert "Payouts are not among them" not in text


def test_switching_on_wakes_what_waited_and_switching_off_stops(house: House) -> None:
    choose(house)
    house.owner.post(f"{PLACE}/on", currency="GBP")
    assert chosen(house).switched_on_at is not None
    assert parked(house) == 0
    page = house.owner.page(PLACE)
    assert "Booking is on for GBP." in page.text
    assert "Booked since" in page.text
    assert "GBP, on" in house.owner.page("/settings").text
    house.owner.post(f"{PLACE}/off", currency="GBP")
    assert chosen(house).switched_on_at is None
    assert "Booking is off for GBP." in house.owner.page(PLACE).text


def test_what_is_in_the_books_already_is_left_to_the_bookkeeper(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        entry = session.get_one(WriteBack, (house.tenant_id, house.company.entries["parked"]))
        after = entry.booked_on + timedelta(days=1)
    choose(house)
    with house.ground.database.tenant(house.tenant_id) as session:
        entry = session.get_one(WriteBack, (house.tenant_id, house.company.entries["parked"]))
        entry.state = WriteBackState.PARKED
    house.owner.post(f"{PLACE}/on", currency="GBP", first_day=after.isoformat())
    with house.ground.database.tenant(house.tenant_id) as session:
        entry = session.get_one(WriteBack, (house.tenant_id, house.company.entries["parked"]))
        assert (entry.state, entry.reason) == (WriteBackState.DONE, "Booked by hand.")
    assert "fees and refunds of that time" in house.owner.page(PLACE).text


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"currency": "EUR"}, "Choose the accounts for EUR first."),
        ({"currency": "GBP", "first_day": "tomorrow"}, "Give the day as year, month and day"),
    ],
)
def test_a_switch_that_cannot_be_says_why(house: House, fields: dict[str, str], complaint: str) -> None:
    choose(house)
    house.owner.post(f"{PLACE}/on", **fields)
    assert chosen(house).switched_on_at is None
    assert complaint in house.owner.page(PLACE).text


def test_only_a_ledger_with_two_ways_to_book_fees_offers_the_choice(house: House) -> None:
    assert house.owner.page(PLACE).field("fee-style-GBP") == []
    with_books_in_quickbooks(house)
    page = house.owner.page(PLACE)
    assert page.has("input", name="fee-style-GBP", value="expense", checked="")
    assert page.has("input", name="fee-style-GBP", value="deposit")
    assert not page.has("input", name="fee-style-GBP", value="deposit", checked="")


def test_the_chosen_way_to_book_fees_is_kept(house: House) -> None:
    with_books_in_quickbooks(house)
    assert choose(house, **{"fee-style-GBP": "deposit"}) == 303
    assert house.owner.page(PLACE).has("input", name="fee-style-GBP", value="deposit", checked="")


@pytest.mark.parametrize(
    "wrong",
    [
        {"fee-style-GBP": "deposit"},
        {"fee-style-GBP": "invented"},
        {"closed-GBP": "invented"},
        {"bank-GBP": "no-id"},
    ],
)
def test_a_choice_that_is_not_offered_is_refused(house: House, wrong: dict[str, str]) -> None:
    assert choose(house, **wrong) == 422


@pytest.mark.parametrize(
    ("field", "name", "complaint"),
    [
        ("clearing-GBP", "Euro account", "Choose an active bank account in GBP"),
        ("fee-GBP", "Business Bank Account", "Choose an active expense account"),
        ("bank-GBP", "Stripe clearing", "Payouts arrive in another account"),
        ("fee-GBP", None, "Choose the clearing account and the fee account, or leave both empty."),
    ],
)
def test_accounts_that_do_not_fit_are_refused_where_they_were_chosen(
    house: House, field: str, name: str | None, complaint: str
) -> None:
    fitting = {"clearing-GBP": account(house, "Stripe clearing"), "fee-GBP": account(house, "Stripe fees")}
    wrong = fitting | {field: account(house, name) if name else ""}
    answer = house.owner.post(PLACE, **{key: str(value) for key, value in wrong.items()})
    assert answer.status_code == 422
    assert complaint in Page(answer.text).text
