"""Real answers, held against Xero's own description of them."""

from typing import Any

import pytest

from tests.sandbox.client import SandboxClient
from tests.sandbox.xero.client import XeroApp, payment
from tests.sandbox.xero.wire.spec import assert_fits

ALL = {"page": 1, "pageSize": 1000}


@pytest.mark.parametrize("collection", ["Invoices", "Contacts", "Payments", "CreditNotes", "Accounts"])
@pytest.mark.parametrize("query", [ALL, {}], ids=["paged", "light"])
def test_lists_look_like_xeros(app: XeroApp, collection: str, query: dict[str, Any]) -> None:
    assert_fits(collection, app.read(collection, query)[collection])


@pytest.mark.parametrize("collection", ["Invoices", "Contacts", "Payments", "CreditNotes", "Accounts"])
def test_single_records_look_like_xeros(app: XeroApp, collection: str) -> None:
    record = app.read(collection, ALL)[collection][0]
    identity = record[
        {"Invoices": "InvoiceID", "CreditNotes": "CreditNoteID"}.get(collection, collection[:-1] + "ID")
    ]
    assert_fits(collection, app.read(f"{collection}/{identity}")[collection])


def test_the_organisation_looks_like_xeros(sandbox: SandboxClient, app: XeroApp) -> None:
    sandbox.control("xero/lock-date", date="2026-01-31")
    assert_fits("Organisations", app.read("Organisation")["Organisations"])


def test_what_was_written_looks_like_xeros(app: XeroApp) -> None:
    invoice = app.open_invoice()
    made = app.write("Payments", {"Payments": [payment(invoice, 1)]})["Payments"]
    assert_fits("Payments", made)
    assert_fits(
        "Payments", app.write(f"Payments/{made[0]['PaymentID']}", {"Status": "DELETED"}, "POST")["Payments"]
    )
    line = {"Description": "Card fee", "UnitAmount": 1.23, "AccountCode": "404", "TaxType": "NONE"}
    spent = {
        "Type": "SPEND",
        "Contact": {"Name": "Stripe"},
        "BankAccount": {"Code": "091"},
        "LineItems": [line],
    }
    written = app.write("BankTransactions", {"BankTransactions": [spent]})["BankTransactions"]
    assert_fits("BankTransactions", written)
    assert_fits("BankTransactions", app.read("BankTransactions", ALL)["BankTransactions"])
    change = {"ExpectedPaymentDate": "2099-01-01", "Url": "https://pay.example/1"}
    assert_fits("Invoices", app.write(f"Invoices/{invoice['InvoiceID']}", change, "POST")["Invoices"])
    note = {"HistoryRecords": [{"Details": "hello"}]}
    app.write(f"Invoices/{invoice['InvoiceID']}/History", note)
    assert_fits("HistoryRecords", app.read(f"Invoices/{invoice['InvoiceID']}/History")["HistoryRecords"])
