"""Money spent and received without an invoice."""

from typing import Any

import pytest

from tests.sandbox.client import SandboxClient
from tests.sandbox.xero.client import XeroApp

LINE = {"Description": "Card fee", "Quantity": 1, "UnitAmount": 1.23, "AccountCode": "404", "TaxType": "NONE"}
CONTACT_MISSING = (
    "The Contact must contain at least 1 of the following elements to identify the contact: "
    "Name, ContactID, ContactNumber"
)


def fee(**changes: Any) -> dict[str, Any]:
    spent = {
        "Type": "SPEND",
        "Contact": {"Name": "Stripe"},
        "BankAccount": {"Code": "091"},
        "Date": "2026-11-20",
        "Reference": "fee txn_1",
        "LineAmountTypes": "Inclusive",
        "LineItems": [LINE],
    }
    return {"BankTransactions": [spent | changes]}


def test_a_fee_is_spent_from_the_clearing_account(app: XeroApp) -> None:
    (made,) = app.write("BankTransactions", fee())["BankTransactions"]
    assert (made["Type"], made["Status"], made["Total"], made["TotalTax"]) == ("SPEND", "AUTHORISED", 1.23, 0)
    assert (made["BankAccount"]["Code"], made["CurrencyCode"]) == ("091", "GBP")
    (found,) = app.read(f"BankTransactions/{made['BankTransactionID']}")["BankTransactions"]
    assert found["LineItems"][0]["AccountCode"] == "404"


def test_the_currency_is_the_bank_accounts(app: XeroApp) -> None:
    (made,) = app.write("BankTransactions", fee(BankAccount={"Code": "092"}))["BankTransactions"]
    assert (made["CurrencyCode"], made["CurrencyRate"]) == ("EUR", 1.1725)


def test_tax_is_inside_or_on_top_as_the_lines_say(app: XeroApp) -> None:
    taxed = [LINE | {"UnitAmount": 12, "TaxType": "INPUT2"}]
    (inside,) = app.write("BankTransactions", fee(LineItems=taxed))["BankTransactions"]
    assert (inside["SubTotal"], inside["TotalTax"], inside["Total"]) == (10, 2, 12)
    (on_top,) = app.write("BankTransactions", fee(LineItems=taxed, LineAmountTypes="Exclusive"))[
        "BankTransactions"
    ]
    assert (on_top["SubTotal"], on_top["TotalTax"], on_top["Total"]) == (12, 2.4, 14.4)


def test_the_same_reference_can_be_used_again(app: XeroApp) -> None:
    for _ in range(2):
        app.write("BankTransactions", fee())
    assert len(app.read("BankTransactions", {"page": 1})["BankTransactions"]) == 2


def test_an_unknown_name_makes_a_contact_and_a_known_one_does_not(app: XeroApp) -> None:
    before = app.read("Contacts", {"page": 1})["pagination"]["itemCount"]
    for _ in range(2):
        app.write("BankTransactions", fee(Contact={"Name": "Card processor"}))
    app.write("BankTransactions", fee(Contact={"Name": "Stripe"}))
    assert app.read("Contacts", {"page": 1})["pagination"]["itemCount"] == before + 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Contact": {}}, CONTACT_MISSING),
        ({"BankAccount": {}}, "Account must be valid"),
        ({"BankAccount": {"Code": "404"}}, "The bank account must be an account of type BANK"),
        ({"BankAccount": {"Code": "094"}}, "Account code '094' has been archived"),
        ({"LineItems": []}, "One or more line items must be specified"),
        (
            {"LineItems": [LINE | {"AccountCode": "nope"}]},
            "Account code 'nope' is not a valid code for this document.",
        ),
        ({"LineItems": [LINE | {"AccountCode": "499"}]}, "Account code '499' has been archived"),
        ({"LineItems": [LINE | {"UnitAmount": -1}]}, "The document total cannot be negative"),
        ({"LineItems": [LINE | {"Description": ""}]}, "Description is required"),
        ({"Type": "GIFT"}, "Type must be one of SPEND, RECEIVE, RECEIVE-OVERPAYMENT"),
    ],
)
def test_what_is_missing_or_wrong_is_named(app: XeroApp, changes: dict[str, Any], message: str) -> None:
    assert app.refusal("BankTransactions", fee(**changes)) == [message]


def test_archived_contacts_and_locked_dates_are_refused(sandbox: SandboxClient, app: XeroApp) -> None:
    sandbox.control("xero/contacts/Stripe/archive")
    assert len(app.refusal("BankTransactions", fee())) == 1
    sandbox.control("xero/lock-date", date="2026-11-20")
    (message,) = app.refusal("BankTransactions", fee(Contact={"Name": "Another"}))
    assert message.startswith("The document date cannot be before the period lock date")


def test_a_bank_transaction_can_be_deleted(app: XeroApp) -> None:
    (made,) = app.write("BankTransactions", fee())["BankTransactions"]
    path = f"BankTransactions/{made['BankTransactionID']}"
    app.write(path, {"Status": "DELETED"}, "POST")
    assert app.read(path)["BankTransactions"][0]["Status"] == "DELETED"
    assert app.refusal(path, {"Status": "AUTHORISED"}, "POST")
