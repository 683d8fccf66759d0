"""Charges in QuickBooks, over real HTTP: the service that is sold, the number, and the tax that is not there."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.connectors.base import AccountRef, ChargeEntry
from app.connectors.quickbooks.booking_charges import charge_body, find_charge, record_charge, short_number
from app.connectors.quickbooks.booking_items import possible_names
from app.connectors.quickbooks.booking_surroundings import Surroundings
from app.connectors.quickbooks.client import QuickBooksClient
from app.kit.errors import OutcomeUnknown, Rejected
from tests.connectors.quickbooks.bookings import account, books, invoice_in, one, open_invoice
from tests.sandbox.client import SandboxClient
from tests.sandbox.quickbooks.client import QuickBooksApp

TODAY = date(2026, 11, 20)


def charge_to(customer: str, sandbox: SandboxClient, **changes: Any) -> ChargeEntry:
    income = next(row for row in books(sandbox)["accounts"] if row["type"] == "Income")
    entry = ChargeEntry(
        customer_external_id=customer,
        income_account=AccountRef(income["id"], ""),
        amount=Decimal("12.34"),
        currency="USD",
        issued_on=TODAY,
        due_on=TODAY,
        marker="Late fee 1a2b3c4d",
        description="Late fee for invoice 1",
    )
    return replace(entry, **changes)


@pytest.fixture
def charge(sandbox: SandboxClient) -> ChargeEntry:
    return charge_to(open_invoice(sandbox)["contact_id"], sandbox)


def services(company: QuickBooksApp) -> dict[str, str]:
    """The account of income of each item, by its name."""
    rows = company.query("select * from Item orderby Id")["Item"]
    return {item["Name"]: item["IncomeAccountRef"]["value"] for item in rows}


def test_the_service_is_made_once(
    quickbooks: QuickBooksClient, company: QuickBooksApp, charge: ChargeEntry
) -> None:
    for number in range(2):
        record_charge(quickbooks, replace(charge, marker=f"Late fee {number}"), f"key {number}")
    assert services(company) == {
        "Services": charge.income_account.external_id,
        "Late fee": charge.income_account.external_id,
    }


def test_a_service_of_that_name_that_is_booked_elsewhere_is_left_alone(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, company: QuickBooksApp, charge: ChargeEntry
) -> None:
    elsewhere = company.write("account", {"Name": "Interest", "AccountType": "Income"})["Account"]["Id"]
    body = {"Name": "late FEE", "Type": "Service", "IncomeAccountRef": {"value": elsewhere}}
    company.write("item", body)
    entered = record_charge(quickbooks, charge, "key")
    wanted = charge.income_account.external_id
    assert services(company)[f"Late fee (account {wanted})"] == wanted
    assert one(books(sandbox)["invoices"], id=entered.external_id)["line_account_ids"] == [wanted]


def test_names_that_are_all_taken_are_told(
    quickbooks: QuickBooksClient, company: QuickBooksApp, charge: ChargeEntry
) -> None:
    elsewhere = company.write("account", {"Name": "Interest", "AccountType": "Income"})["Account"]["Id"]
    for name in possible_names(charge.income_account.external_id):
        body = {"Name": name, "Type": "Service", "IncomeAccountRef": {"value": elsewhere}}
        company.write("item", body)
    with pytest.raises(Rejected, match=r"Late fee and Late fee .* are names of other products"):
        record_charge(quickbooks, charge, "key")


def test_an_account_that_is_none_of_income_is_refused(
    quickbooks: QuickBooksClient, company: QuickBooksApp, sandbox: SandboxClient, charge: ChargeEntry
) -> None:
    wrong = replace(charge, income_account=AccountRef(account(sandbox, "Merchant fees"), ""))
    with pytest.raises(Rejected, match="account of income"):
        record_charge(quickbooks, wrong, "key")
    assert list(services(company)) == ["Services"]


@pytest.mark.parametrize("kind", ["drop", "drop-before", "500", "throttle-after"])
def test_no_clear_answer_about_the_service_makes_neither_two_of_them_nor_two_invoices(
    quickbooks: QuickBooksClient,
    company: QuickBooksApp,
    sandbox: SandboxClient,
    charge: ChargeEntry,
    kind: str,
) -> None:
    sandbox.fault("quickbooks", kind, match="/item", times=1)
    with pytest.raises(OutcomeUnknown):
        record_charge(quickbooks, charge, "key 1")
    assert find_charge(quickbooks, charge.marker, TODAY) is None
    entered = record_charge(quickbooks, charge, "key 2")
    assert find_charge(quickbooks, charge.marker, TODAY) == entered
    assert list(services(company)) == ["Services", "Late fee"]


def test_a_charge_is_in_the_customers_own_currency(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, company: QuickBooksApp
) -> None:
    customer = invoice_in(company, "EUR", "100.00")["contact_id"]
    entered = record_charge(quickbooks, charge_to(customer, sandbox, currency="EUR"), "key")
    row = one(books(sandbox)["invoices"], id=entered.external_id)
    assert (row["currency"], row["total"]) == ("EUR", "12.34")


def test_the_number_is_short_and_the_note_says_what_it_is(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, charge: ChargeEntry
) -> None:
    entered = record_charge(quickbooks, charge, "key")
    row = one(books(sandbox)["invoices"], id=entered.external_id)
    assert row["number"] == short_number(charge.marker) != short_number("Late fee 2")
    assert len(row["number"]) == 11
    assert row["reference"] == "Late fee 1a2b3c4d\nLate fee for invoice 1"


def test_a_copy_of_our_invoice_is_told_to_the_bookkeeper(
    quickbooks: QuickBooksClient, charge: ChargeEntry
) -> None:
    for key in ("one", "two"):
        record_charge(quickbooks, charge, key)
    with pytest.raises(Rejected, match="2 invoices with the note"):
        find_charge(quickbooks, charge.marker, TODAY)


def test_no_tax_is_told_by_the_line_in_the_us_and_by_the_whole_invoice_elsewhere(charge: ChargeEntry) -> None:
    american = charge_body(charge, "7", Surroundings("USD", True), number="LF-1")
    british = charge_body(charge, "7", Surroundings(None, False), number=None)
    assert "GlobalTaxCalculation" not in american
    assert british["GlobalTaxCalculation"] == "NotApplicable"
    codes = [body["Line"][0]["SalesItemLineDetail"].get("TaxCodeRef") for body in (american, british)]  # type: ignore[index]
    assert codes == [{"value": "NON"}, None]
    assert american["DocNumber"] == "LF-1"
    assert "DocNumber" not in british
    assert "CurrencyRef" not in british
