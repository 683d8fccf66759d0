"""Raising and changing invoices from outside."""

from typing import Any

import pytest

from tests.sandbox.xero.client import XeroApp, payment

LINE = {"Description": "Survey", "Quantity": 2, "UnitAmount": 50, "AccountCode": "200", "TaxType": "OUTPUT2"}


def new(app: XeroApp, **changes: Any) -> dict[str, Any]:
    contact = app.open_invoice()["Contact"]["ContactID"]
    invoice = {
        "Type": "ACCREC",
        "Contact": {"ContactID": contact},
        "Date": "2026-11-20",
        "DueDate": "2026-12-20",
        "LineItems": [LINE],
        "Status": "AUTHORISED",
    }
    return {"Invoices": [invoice | changes]}


def test_a_new_invoice_gets_a_number_totals_and_a_history(app: XeroApp) -> None:
    (made,) = app.write("Invoices", new(app))["Invoices"]
    assert (made["Total"], made["AmountDue"], made["TotalTax"]) == (120, 120, 20)
    assert made["InvoiceNumber"] == "INV-0401"
    assert app.invoice("INV-0401")["InvoiceID"] == made["InvoiceID"]
    records = app.read(f"Invoices/{made['InvoiceID']}/History")["HistoryRecords"]
    assert [record["Changes"] for record in records] == ["Created"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"InvoiceNumber": "INV-0001"}, "Invoice # must be unique."),
        ({"Type": "GIFT"}, "Type must be ACCREC or ACCPAY"),
        ({"Status": "PAID"}, "A new invoice must be DRAFT, SUBMITTED or AUTHORISED"),
        ({"DueDate": "2026-11-19"}, "The due date cannot be before the invoice date"),
        ({"CurrencyCode": "XAF"}, "The organisation is not subscribed to currency XAF"),
        ({"Date": "soon"}, "Date is not a valid date"),
        ({"LineAmountTypes": "Free"}, "LineAmountTypes must be one of Exclusive, Inclusive, NoTax"),
    ],
)
def test_a_wrong_invoice_is_refused(app: XeroApp, changes: dict[str, Any], message: str) -> None:
    assert message in app.refusal("Invoices", new(app, **changes))


def test_one_call_cannot_use_a_number_twice(app: XeroApp) -> None:
    (invoice,) = new(app, InvoiceNumber="X-1")["Invoices"]
    assert app.refusal("Invoices", {"Invoices": [invoice, invoice]}) == ["Invoice # must be unique."]
    (first,) = app.write("Invoices", {"Invoices": [invoice]})["Invoices"]
    assert first["InvoiceNumber"] == "X-1"


def test_bills_may_share_a_number(app: XeroApp) -> None:
    for _ in range(2):
        app.write("Invoices", new(app, Type="ACCPAY", InvoiceNumber="77"))
    assert app.call("GET", "Invoices/77").status_code == 404


@pytest.mark.parametrize("named_by", ["id", "number", "element"])
def test_an_invoice_can_be_changed(app: XeroApp, named_by: str) -> None:
    invoice = app.open_invoice()
    change: dict[str, Any] = {"DueDate": "2099-01-01", "Reference": "PO 1", "Url": "https://pay.example/1"}
    if named_by == "element":
        app.write("Invoices", {"Invoices": [change | {"InvoiceID": invoice["InvoiceID"]}]}, "POST")
    else:
        name = invoice["InvoiceID" if named_by == "id" else "InvoiceNumber"]
        app.write(f"Invoices/{name}", change, "POST")
    now = app.invoice(invoice["InvoiceID"])
    assert (now["DueDateString"], now["Reference"], now["Url"]) == (
        "2099-01-01T00:00:00",
        "PO 1",
        change["Url"],
    )


def test_new_lines_change_the_totals_until_money_is_on_it(app: XeroApp) -> None:
    invoice = app.open_invoice()
    path = f"Invoices/{invoice['InvoiceID']}"
    assert app.write(path, {"LineItems": [LINE]}, "POST")["Invoices"][0]["Total"] == 120
    app.write("Payments", {"Payments": [payment(invoice, 20)]})
    assert app.refusal(path, {"LineItems": [LINE, LINE]}, "POST")
    assert app.invoice(invoice["InvoiceID"])["AmountDue"] == 100


def test_an_invoice_can_be_voided_unless_money_is_on_it(app: XeroApp) -> None:
    invoice = app.open_invoice()
    path = f"Invoices/{invoice['InvoiceID']}"
    (made,) = app.write("Payments", {"Payments": [payment(invoice, 1)]})["Payments"]
    assert len(app.refusal(path, {"Status": "VOIDED"}, "POST")) == 1
    app.write(f"Payments/{made['PaymentID']}", {"Status": "DELETED"}, "POST")
    voided = app.write(path, {"Status": "VOIDED"}, "POST")["Invoices"][0]
    assert (voided["Status"], voided["AmountDue"]) == ("VOIDED", 0)
    assert app.refusal(path, {"Status": "AUTHORISED"}, "POST")


def test_a_draft_is_deleted_or_authorised(app: XeroApp) -> None:
    (first,) = app.write("Invoices", new(app, Status="DRAFT"))["Invoices"]
    (second,) = app.write("Invoices", new(app, Status="DRAFT"))["Invoices"]
    assert app.refusal(f"Invoices/{first['InvoiceID']}", {"Status": "VOIDED"}, "POST")
    app.write(f"Invoices/{first['InvoiceID']}", {"Status": "DELETED"}, "POST")
    app.write(f"Invoices/{second['InvoiceID']}", {"Status": "AUTHORISED"}, "POST")
    assert app.invoice(first["InvoiceID"])["Status"] == "DELETED"
    assert app.invoice(second["InvoiceID"])["Status"] == "AUTHORISED"
