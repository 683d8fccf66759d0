"""Settling invoices with credit notes."""

from typing import Any

import pytest

from tests.sandbox.client import SandboxClient
from tests.sandbox.xero.client import XeroApp


@pytest.fixture
def invoice(sandbox: SandboxClient, app: XeroApp) -> dict[str, Any]:
    """An open invoice of a customer who has an open credit note of the same currency."""
    note = open_note(app)
    contact = note["Contact"]["ContactID"]
    raised = sandbox.control(
        "xero/invoices", contact=contact, amount="5000.00", currency=note["CurrencyCode"]
    )
    return app.invoice(raised["id"])


def open_note(app: XeroApp) -> dict[str, Any]:
    notes = app.read("CreditNotes", {"page": 1})["CreditNotes"]
    note: dict[str, Any] = next(n for n in notes if n["Status"] == "AUTHORISED")
    return note


def allocation(invoice: dict[str, Any], amount: float) -> dict[str, Any]:
    return {
        "Allocations": [
            {"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Amount": amount, "Date": "2026-11-20"}
        ]
    }


def test_an_allocation_lowers_what_is_due_and_what_is_left(app: XeroApp, invoice: dict[str, Any]) -> None:
    note = open_note(app)
    path = f"CreditNotes/{note['CreditNoteID']}"
    (made,) = app.write(f"{path}/Allocations", allocation(invoice, 1.25))["Allocations"]
    assert made["Amount"] == 1.25
    now = app.invoice(invoice["InvoiceID"])
    assert (now["AmountCredited"], now["AmountDue"]) == (1.25, 4998.75)
    assert now["CreditNotes"][0]["CreditNoteNumber"] == note["CreditNoteNumber"]
    after = app.read(path)["CreditNotes"][0]
    assert round(after["RemainingCredit"] * 100) == round(note["RemainingCredit"] * 100) - 125


def test_more_than_the_note_is_worth_is_refused(app: XeroApp, invoice: dict[str, Any]) -> None:
    note = open_note(app)
    path = f"CreditNotes/{note['CreditNoteID']}/Allocations"
    assert app.refusal(path, allocation(invoice, note["RemainingCredit"] + 0.01))
    app.write(path, allocation(invoice, note["RemainingCredit"]))
    assert app.read(f"CreditNotes/{note['CreditNoteID']}")["CreditNotes"][0]["Status"] == "PAID"


def test_another_customers_invoice_is_refused(app: XeroApp) -> None:
    note = open_note(app)
    where = f'Type=="ACCREC" AND Contact.ContactID!=guid("{note["Contact"]["ContactID"]}")'
    others = app.read("Invoices", {"page": 1, "Statuses": "AUTHORISED", "where": where})["Invoices"][0]
    messages = app.refusal(f"CreditNotes/{note['CreditNoteID']}/Allocations", allocation(others, 0.01))
    assert any("contact" in message for message in messages)


def test_an_invoice_credited_in_full_is_paid_without_a_payment(sandbox: SandboxClient, app: XeroApp) -> None:
    opened = app.open_invoice()
    sandbox.control(f"xero/invoices/{opened['InvoiceNumber']}/credit")
    settled = app.invoice(opened["InvoiceID"])
    assert (settled["Status"], settled["AmountDue"], settled["Payments"]) == ("PAID", 0, [])
    assert settled["AmountCredited"] == opened["Total"]
