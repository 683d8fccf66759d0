"""What people do in Xero itself."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.client import SandboxClient
from tests.sandbox.xero.client import XeroApp


def refused(sandbox: SandboxClient, path: str, **wishes: Any) -> int:
    return sandbox.post(f"/control/{path}", wishes).status_code


def test_an_invoice_is_paid_in_full_or_in_part(sandbox: SandboxClient, app: XeroApp) -> None:
    invoice = app.open_invoice()
    path = f"xero/invoices/{invoice['InvoiceNumber']}/pay"
    sandbox.control(path, amount="1.00", reference="by hand")
    part = app.invoice(invoice["InvoiceID"])
    assert part["AmountPaid"] == 1
    assert part["Payments"][0]["Reference"] == "by hand"
    sandbox.control(path)
    assert app.invoice(invoice["InvoiceID"])["Status"] == "PAID"
    assert refused(sandbox, path) == 400


def test_a_payment_is_taken_back(sandbox: SandboxClient, app: XeroApp) -> None:
    invoice = app.open_invoice()
    made = sandbox.control(f"xero/invoices/{invoice['InvoiceNumber']}/pay")
    sandbox.control(f"xero/payments/{made['id']}/delete")
    assert app.invoice(invoice["InvoiceID"])["AmountDue"] == invoice["Total"]


def test_an_invoice_is_raised_for_a_customer(sandbox: SandboxClient, app: XeroApp) -> None:
    name = app.open_invoice()["Contact"]["Name"]
    made = sandbox.control("xero/invoices", contact=name, amount="99.95", currency="EUR", reference="PO 9")
    invoice = app.invoice(made["number"])
    assert (invoice["Total"], invoice["CurrencyCode"], invoice["Reference"]) == (99.95, "EUR", "PO 9")
    assert refused(sandbox, "xero/invoices", contact=name, amount="1", number=made["number"]) == 400
    assert refused(sandbox, "xero/invoices", contact="Nobody", amount="1") == 404
    assert refused(sandbox, "xero/invoices", contact=name, amount="1", status="PAID") == 400


def test_an_address_is_changed_or_removed(sandbox: SandboxClient, app: XeroApp) -> None:
    contact = app.open_invoice()["Contact"]
    for email in ("new@moved.example", ""):
        sandbox.control(f"xero/contacts/{contact['ContactID']}/email", email=email)
        assert app.read(f"Contacts/{contact['ContactID']}")["Contacts"][0]["EmailAddress"] == email


def test_a_telephone_number_is_changed_or_removed(sandbox: SandboxClient, app: XeroApp) -> None:
    contact = app.open_invoice()["Contact"]
    for phone in ("+44 7911 123456", ""):
        sandbox.control(f"xero/contacts/{contact['ContactID']}/phone", phone=phone)
        (found,) = app.read(f"Contacts/{contact['ContactID']}")["Contacts"]
        assert phone in [one["PhoneNumber"] for one in found["Phones"]]


def test_an_archived_account_takes_no_more_payments(sandbox: SandboxClient, app: XeroApp) -> None:
    sandbox.control("xero/accounts/091/archive")
    accounts = {a["Code"]: a["Status"] for a in app.read("Accounts")["Accounts"]}
    assert accounts["091"] == "ARCHIVED"


@pytest.mark.parametrize(
    "path",
    ["invoices/INV-99999/pay", "contacts/Nobody/archive", "accounts/nope/archive", "payments/nope/delete"],
)
def test_what_does_not_exist_is_said(sandbox: SandboxClient, path: str) -> None:
    assert refused(sandbox, f"xero/{path}") == 404


def test_the_ledger_for_judging_agrees_with_the_api_to_the_cent(sandbox: SandboxClient, app: XeroApp) -> None:
    sandbox.control("xero/storm", edits=40, seed=3)
    ledger = sandbox.get("/control/xero/ledger").json()
    judged = {i["id"]: i for i in ledger["invoices"]}
    listed = app.read("Invoices", {"page": 1, "pageSize": 1000})["Invoices"]
    assert len(listed) == len(judged)
    for invoice in listed:
        row = judged[invoice["InvoiceID"]]
        assert row["status"] == invoice["Status"]
        for name, field in (("total", "Total"), ("amount_due", "AmountDue"), ("amount_paid", "AmountPaid")):
            assert Decimal(row[name]) == Decimal(str(invoice[field]))
    payments = app.read("Payments", {"page": 1, "pageSize": 1000})["Payments"]
    assert {p["id"]: p["status"] for p in ledger["payments"]} == {
        p["PaymentID"]: p["Status"] for p in payments
    }
