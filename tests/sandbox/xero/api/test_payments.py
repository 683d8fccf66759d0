"""Booking payments, and every way in which Xero refuses one."""

from typing import Any

import pytest

from tests.sandbox.client import SandboxClient
from tests.sandbox.xero.client import SAM, STRANGERS, XeroApp, payment

OVERPAID = "Payment amount exceeds the amount outstanding on this document"
NOT_AUTHORISED = "Payments can only be made against Authorised documents"
NO_ID = "00000000-0000-0000-0000-000000000000"


def pay(app: XeroApp, *payments: dict[str, Any], method: str = "PUT", **query: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = app.write("Payments", {"Payments": list(payments)}, method, **query)[
        "Payments"
    ]
    return made


def pay_refused(app: XeroApp, *payments: dict[str, Any]) -> list[str]:
    return app.refusal("Payments", {"Payments": list(payments)})


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_part_payment_leaves_the_rest_due(app: XeroApp, method: str) -> None:
    invoice = app.open_invoice()
    (made,) = pay(app, payment(invoice, 1.5, Reference="stripe pi_1"), method=method)
    assert (made["PaymentType"], made["Status"], made["Amount"]) == ("ACCRECPAYMENT", "AUTHORISED", 1.5)
    assert made["Account"]["Code"] == "090"
    assert made["Invoice"]["Status"] == "AUTHORISED"
    assert made["Invoice"]["AmountPaid"] == 1.5
    now = app.invoice(invoice["InvoiceID"])
    assert round(now["AmountDue"] * 100) == round(invoice["Total"] * 100) - 150
    assert [p["PaymentID"] for p in now["Payments"]] == [made["PaymentID"]]
    assert app.read(f"Payments/{made['PaymentID']}")["Payments"][0]["Reference"] == "stripe pi_1"


def test_paying_the_rest_makes_it_paid_and_deleting_that_opens_it_again(app: XeroApp) -> None:
    invoice = app.open_invoice()
    (made,) = pay(app, payment(invoice, invoice["AmountDue"]))
    paid = app.invoice(invoice["InvoiceID"])
    assert (paid["Status"], paid["AmountDue"], paid["FullyPaidOnDate"]) == ("PAID", 0, made["Date"])
    deleted = app.write(f"Payments/{made['PaymentID']}", {"Status": "DELETED"}, "POST")["Payments"][0]
    assert deleted["Status"] == "DELETED"
    opened = app.invoice(invoice["InvoiceID"])
    assert (opened["Status"], opened["AmountDue"], opened["Payments"]) == ("AUTHORISED", invoice["Total"], [])
    assert "FullyPaidOnDate" not in opened
    assert app.read(f"Payments/{made['PaymentID']}")["Payments"][0]["Status"] == "DELETED"


def test_a_payment_can_only_be_deleted_once_and_not_changed(app: XeroApp) -> None:
    (made,) = pay(app, payment(app.open_invoice(), 1))
    path = f"Payments/{made['PaymentID']}"
    assert app.refusal(path, {"Amount": 2}, "POST")
    app.write(path, {"Payments": [{"Status": "DELETED"}]}, "POST")
    assert app.refusal(path, {"Status": "DELETED"}, "POST")


def test_paying_more_than_is_due_is_refused_with_the_elements_and_books_nothing(app: XeroApp) -> None:
    invoice = app.open_invoice()
    body = {"Payments": [payment(invoice, invoice["AmountDue"] + 0.01)]}
    answer = app.call("PUT", "Payments", body)
    assert answer.status_code == 400
    refused = answer.json()
    assert (refused["ErrorNumber"], refused["Type"]) == (10, "ValidationException")
    (element,) = refused["Elements"]
    assert element["PaymentID"] == NO_ID
    assert element["ValidationErrors"] == [{"Message": OVERPAID}]
    assert app.invoice(invoice["InvoiceID"])["Payments"] == []


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED", "VOIDED", "DELETED", "PAID"])
def test_only_authorised_invoices_can_be_paid(app: XeroApp, status: str) -> None:
    invoice = app.read("Invoices", {"page": 1, "Statuses": status, "where": 'Type=="ACCREC"'})["Invoices"][0]
    account = {"GBP": "090", "EUR": "093"}[invoice["CurrencyCode"]]
    messages = pay_refused(app, payment(invoice, 1, account))
    assert NOT_AUTHORISED in messages
    assert (OVERPAID in messages) == (invoice["AmountDue"] == 0)


@pytest.mark.parametrize(
    ("account", "message"),
    [
        ({"Code": "094"}, "Account code '094' has been archived"),
        ({"Code": "404"}, "Account type is invalid for making a payment to/from"),
        ({"Code": "nope"}, "Account code 'nope' is not a valid code for this document."),
        ({"AccountID": NO_ID}, "Account could not be found"),
        ({}, "Account must be valid"),
    ],
)
def test_an_account_that_cannot_take_it_is_named(app: XeroApp, account: dict[str, str], message: str) -> None:
    assert pay_refused(app, payment(app.open_invoice(), 1) | {"Account": account}) == [message]


def test_an_account_with_payments_enabled_or_named_by_id_takes_it(app: XeroApp) -> None:
    invoice = app.open_invoice()
    (made,) = pay(app, payment(invoice, 1, "480"))
    identity = made["Account"]["AccountID"]
    (again,) = pay(app, payment(invoice, 1) | {"Account": {"AccountID": identity.upper()}})
    assert again["Account"]["Code"] == "480"


@pytest.mark.parametrize("amount", [0, -1, None, "ten", True])
def test_an_amount_must_be_a_number_above_zero(app: XeroApp, amount: Any) -> None:
    assert len(pay_refused(app, payment(app.open_invoice(), 1) | {"Amount": amount})) == 1


def test_an_unknown_invoice_is_not_found(app: XeroApp) -> None:
    unknown = payment({"InvoiceID": NO_ID}, 1)
    assert pay_refused(app, unknown) == ["The document with the supplied id was not found for this endpoint."]


def test_an_invoice_of_another_organisation_is_not_found(sandbox: SandboxClient, app: XeroApp) -> None:
    stranger = XeroApp.connected(sandbox, SAM, STRANGERS)
    assert pay_refused(stranger, payment(app.open_invoice(), 1))


@pytest.mark.parametrize(("end_of_year", "kind"), [(False, "period"), (True, "end of year")])
def test_nothing_is_booked_on_or_before_a_lock_date(
    sandbox: SandboxClient, app: XeroApp, end_of_year: bool, kind: str
) -> None:
    sandbox.control("xero/lock-date", date="2026-01-31", end_of_year=end_of_year)
    invoice = app.open_invoice()
    (message,) = pay_refused(app, payment(invoice, 1, Date="2026-01-31"))
    assert (
        message
        == f"The document date cannot be before the {kind} lock date, currently set at 31 January 2026"
    )
    (made,) = pay(app, payment(invoice, 1, Date="2026-02-01"))
    sandbox.control("xero/lock-date", date="2026-02-01", end_of_year=end_of_year)
    (message,) = app.refusal(f"Payments/{made['PaymentID']}", {"Status": "DELETED"}, "POST")
    assert message.startswith(
        f"The document cannot be edited as it is currently dated before the {kind} lock date"
    )


@pytest.mark.parametrize(
    "written", ["2026-03-05", "2026-03-05T00:00:00", "/Date(1772668800000)/", "/Date(1772668800000+0000)/"]
)
def test_dates_are_understood_in_every_usual_form(app: XeroApp, written: str) -> None:
    (made,) = pay(app, payment(app.open_invoice(), 1, Date=written))
    assert made["Date"] == "/Date(1772668800000+0000)/"


def test_one_call_cannot_pay_the_same_money_twice(app: XeroApp) -> None:
    invoice = app.open_invoice()
    half_and_more = payment(invoice, round(invoice["AmountDue"] * 0.6, 2))
    assert pay_refused(app, half_and_more, half_and_more) == [OVERPAID]
    assert app.invoice(invoice["InvoiceID"])["Payments"] == []


def test_without_summarising_each_element_says_for_itself(app: XeroApp) -> None:
    invoice = app.open_invoice()
    good, bad = pay(app, payment(invoice, 1), payment(invoice, 10_000_000), summarizeErrors="false")
    assert good["StatusAttributeString"] == "OK"
    assert (bad["StatusAttributeString"], bad["HasValidationErrors"]) == ("ERROR", True)
    assert bad["ValidationErrors"] == [{"Message": OVERPAID}]
    assert len(app.invoice(invoice["InvoiceID"])["Payments"]) == 1


def test_a_foreign_invoice_is_paid_in_its_own_currency(app: XeroApp) -> None:
    (made,) = pay(app, payment(app.open_invoice("EUR"), 10, "092"))
    assert (made["Amount"], made["BankAmount"], made["CurrencyRate"]) == (10, 10, 1.1725)


def test_a_foreign_invoice_paid_into_a_base_account_needs_a_rate(app: XeroApp) -> None:
    invoice = app.open_invoice("EUR")
    assert len(pay_refused(app, payment(invoice, 10, "090"))) == 1
    (made,) = pay(app, payment(invoice, 10, "090", CurrencyRate=1.25))
    assert (made["Amount"], made["BankAmount"], made["CurrencyRate"]) == (10, 8, 1.25)


def test_a_base_invoice_cannot_be_paid_into_a_foreign_account(app: XeroApp) -> None:
    assert len(pay_refused(app, payment(app.open_invoice("GBP"), 10, "093"))) == 1


def test_bills_can_be_paid_and_say_so(app: XeroApp) -> None:
    (made,) = pay(app, payment(app.open_invoice(kind="ACCPAY"), 1))
    assert made["PaymentType"] == "ACCPAYPAYMENT"


def test_a_payment_dates_the_invoice_and_leaves_a_trace_in_its_history(
    sandbox: SandboxClient, app: XeroApp
) -> None:
    invoice = app.open_invoice()
    sandbox.advance(seconds=60)
    pay(app, payment(invoice, 1))
    assert app.invoice(invoice["InvoiceID"])["UpdatedDateUTC"] != invoice["UpdatedDateUTC"]
    (record,) = app.read(f"Invoices/{invoice['InvoiceID']}/History")["HistoryRecords"]
    assert record["Changes"] == "Payment"


def test_an_answer_lost_after_the_booking_leaves_the_payment_there(
    sandbox: SandboxClient, app: XeroApp
) -> None:
    invoice = app.open_invoice()
    sandbox.fault("xero", "drop", match="PUT /xero/api.xro/2.0/Payments")
    body = {"Payments": [payment(invoice, 1)]}
    with pytest.raises(OSError, match=r"."):
        app.call("PUT", "Payments", body, Idempotency_Key="lost")
    assert app.invoice(invoice["InvoiceID"])["AmountPaid"] == 1
    assert app.call("PUT", "Payments", body, Idempotency_Key="lost").status_code == 200
    assert app.invoice(invoice["InvoiceID"])["AmountPaid"] == 1
