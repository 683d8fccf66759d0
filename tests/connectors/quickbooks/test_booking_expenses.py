"""Fees and refunds as expenses in QuickBooks, over real HTTP."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.connectors.base import AccountRef, BookedEntry, FeeEntry, FeeStyle
from app.connectors.quickbooks import bodies, booking_expenses, booking_fees
from app.connectors.quickbooks.booking_expenses import fee_body
from app.connectors.quickbooks.booking_surroundings import Surroundings
from app.connectors.quickbooks.booking_vendors import possible_names
from app.connectors.quickbooks.client import QuickBooksClient
from app.kit.errors import OutcomeUnknown, Rejected
from tests.connectors.quickbooks.bookings import (
    account,
    books,
    fee_from,
    invoice_in,
    one,
    open_invoice,
    refund_to,
)
from tests.sandbox.client import SandboxClient
from tests.sandbox.quickbooks.client import QuickBooksApp


def look(quickbooks: QuickBooksClient, entry: FeeEntry) -> BookedEntry | None:
    return booking_fees.find_fee(quickbooks, entry.marker, entry.booked_on, FeeStyle.EXPENSE)


def vendors(company: QuickBooksApp) -> list[dict[str, Any]]:
    return list(company.query("select * from Vendor maxresults 1000")["Vendor"])


def test_a_fee_is_paid_to_the_processor_from_the_clearing_account_and_found_again(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, company: QuickBooksApp
) -> None:
    entry = fee_from(sandbox)
    assert look(quickbooks, entry) is None
    entered = booking_fees.record_fee(quickbooks, entry, "key")
    assert look(quickbooks, entry) == entered == BookedEntry(entered.external_id, Decimal("1.23"))
    row = one(books(sandbox)["bank_transactions"], id=entered.external_id)
    assert (row["type"], row["total"], row["account_id"]) == (
        "SPEND",
        "1.23",
        entry.clearing_account_external_id,
    )
    assert row["line_account_ids"] == [entry.expense_account.external_id]
    assert row["note"].startswith(entry.marker)
    assert row["contact_id"] == one(vendors(company), DisplayName="Stripe")["Id"]


def test_the_supplier_is_made_once_where_there_is_none(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, company: QuickBooksApp
) -> None:
    for number in range(2):
        marker = f"Acquirer fee {number}"
        booking_fees.record_fee(
            quickbooks, fee_from(sandbox, payee="Acquirer", marker=marker), f"key {number}"
        )
    one(vendors(company), DisplayName="Acquirer")


def test_a_supplier_has_a_second_name_where_the_first_is_a_customers(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, company: QuickBooksApp
) -> None:
    company.write("customer", {"DisplayName": "Acquirer's \\ Ltd"})
    for number in range(2):
        entry = fee_from(sandbox, payee="Acquirer's \\ Ltd", marker=f"Acquirer fee {number}")
        booking_fees.record_fee(quickbooks, entry, f"key {number}")
    one(vendors(company), DisplayName="Acquirer's \\ Ltd USD (card fees)")


def test_names_that_are_all_taken_are_told(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, company: QuickBooksApp
) -> None:
    for name in possible_names("Acquirer", "USD"):
        company.write("customer", {"DisplayName": name})
    with pytest.raises(Rejected, match=r"Acquirer and Acquirer USD \(card fees\) are names of others"):
        booking_fees.record_fee(quickbooks, fee_from(sandbox, payee="Acquirer"), "key")


def test_a_fee_in_another_currency_has_a_supplier_of_that_currency(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, company: QuickBooksApp
) -> None:
    euros = account(sandbox, "Stripe clearing (EUR)")
    entered = booking_fees.record_fee(
        quickbooks, fee_from(sandbox, clearing_account_external_id=euros), "key"
    )
    row = one(books(sandbox)["bank_transactions"], id=entered.external_id)
    supplier = one(vendors(company), Id=row["contact_id"])
    assert (row["currency"], supplier["CurrencyRef"]["value"]) == ("EUR", "EUR")
    assert supplier["DisplayName"] == "Stripe EUR (card fees)"


@pytest.mark.parametrize("kind", ["drop", "500", "throttle-after"])
@pytest.mark.parametrize("what", ["purchase", "vendor"])
def test_no_clear_answer_ends_in_one_fee_and_one_supplier(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, company: QuickBooksApp, kind: str, what: str
) -> None:
    entry = fee_from(sandbox, payee="Acquirer")
    sandbox.fault("quickbooks", kind, match=f"/{what}", times=1)
    with pytest.raises(OutcomeUnknown):
        booking_fees.record_fee(quickbooks, entry, "key")
    found = look(quickbooks, entry)
    entered = found or booking_fees.record_fee(quickbooks, entry, "key")
    assert booking_fees.record_fee(quickbooks, entry, "key") == entered == look(quickbooks, entry)
    one(vendors(company), DisplayName="Acquirer")


@pytest.mark.parametrize("kind", ["drop", "drop-before", "500", "throttle-after"])
def test_another_fee_after_an_unclear_answer_makes_no_second_supplier(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, company: QuickBooksApp, kind: str
) -> None:
    first, second = (
        fee_from(sandbox, payee="Acquirer", marker=f"Acquirer fee {number}") for number in (1, 2)
    )
    sandbox.fault("quickbooks", kind, match="/vendor", times=1)
    with pytest.raises(OutcomeUnknown):
        booking_fees.record_fee(quickbooks, first, "key 1")
    booking_fees.record_fee(quickbooks, second, "key 2")
    booking_fees.record_fee(quickbooks, first, "key 1")
    supplier = one(vendors(company), DisplayName="Acquirer")
    paid = [row for row in books(sandbox)["bank_transactions"] if row["contact_id"] == supplier["Id"]]
    assert len(paid) == 2


def test_an_account_that_is_gone_is_told(quickbooks: QuickBooksClient, sandbox: SandboxClient) -> None:
    entry = fee_from(sandbox)
    sandbox.control(f"quickbooks/accounts/{entry.expense_account.external_id}/archive")
    with pytest.raises(Rejected, match="accounts chosen in Settings"):
        booking_fees.record_fee(quickbooks, entry, "key")
    with pytest.raises(Rejected, match=r"gone\. Choose another one"):
        booking_fees.record_fee(quickbooks, replace(entry, expense_account=AccountRef("999", "")), "key 2")
    sandbox.control(f"quickbooks/accounts/{entry.clearing_account_external_id}/archive")
    with pytest.raises(Rejected, match="clearing account is no longer active"):
        booking_fees.record_fee(quickbooks, entry, "key 3")


def test_a_plan_without_expenses_is_told_and_the_other_way_is_named(
    quickbooks: QuickBooksClient, sandbox: SandboxClient
) -> None:
    sandbox.fault("quickbooks", "downgraded", match="purchase", times=None)
    with pytest.raises(Rejected, match="or another way to book in Settings"):
        booking_fees.record_fee(quickbooks, fee_from(sandbox), "key")


def test_a_copied_fee_is_told_to_the_bookkeeper(quickbooks: QuickBooksClient, sandbox: SandboxClient) -> None:
    entry = fee_from(sandbox)
    for key in ("one", "two"):
        booking_fees.record_fee(quickbooks, entry, key)
    with pytest.raises(Rejected, match="2 expenses with the reference DM-"):
        look(quickbooks, entry)


def test_a_refund_is_money_spent_to_the_customer_and_found_again(
    quickbooks: QuickBooksClient, sandbox: SandboxClient
) -> None:
    customer = open_invoice(sandbox)["contact_id"]
    entry = refund_to(customer, sandbox)
    assert booking_expenses.find_spent(quickbooks, entry.marker) is None
    entered = booking_expenses.record_refund(quickbooks, entry, "key")
    assert booking_expenses.find_spent(quickbooks, entry.marker) == entered
    row = one(books(sandbox)["bank_transactions"], id=entered.external_id)
    assert (row["type"], Decimal(row["total"]), row["contact_id"]) == ("SPEND", Decimal(20), customer)
    assert row["line_account_ids"] == [entry.account.external_id]


def test_a_refund_in_another_currency_than_the_accounts_is_refused(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, company: QuickBooksApp
) -> None:
    customer = invoice_in(company, "EUR", "10.00")["contact_id"]
    with pytest.raises(Rejected, match="QuickBooks refused"):
        booking_expenses.record_refund(quickbooks, refund_to(customer, sandbox), "key")


@pytest.mark.parametrize(
    ("around", "told"),
    [
        (Surroundings(currency=None, is_american=True), {}),
        (Surroundings(currency="USD", is_american=True), {"CurrencyRef": {"value": "USD"}}),
        (Surroundings(currency=None, is_american=False), {"GlobalTaxCalculation": "NotApplicable"}),
    ],
)
def test_an_entry_says_of_currency_and_tax_what_its_company_must_hear(
    around: Surroundings, told: dict[str, object]
) -> None:
    entry = FeeEntry(
        style=FeeStyle.EXPENSE,
        clearing_account_external_id="4",
        expense_account=AccountRef("13", ""),
        amount=Decimal("1234567890123.4500"),
        booked_on=date(2026, 11, 20),
        marker="Stripe fee pi_1",
        payee="Stripe",
        description="Card fee",
    )
    body = fee_body(entry, "44", around)
    names = ("CurrencyRef", "GlobalTaxCalculation")
    assert {name: body[name] for name in names if name in body} == told
    assert b'"Amount":1234567890123.4500' in bodies.encode(body)
