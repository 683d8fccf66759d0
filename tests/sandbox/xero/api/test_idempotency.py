"""The six-minute memory of Idempotency-Key."""

from typing import Any

from tests.sandbox.client import SandboxClient
from tests.sandbox.xero.client import XeroApp, payment


def paid(app: XeroApp, invoice: dict[str, Any]) -> float:
    amount: float = app.invoice(invoice["InvoiceID"])["AmountPaid"]
    return amount


def test_a_repeated_call_gets_the_same_answer_and_books_nothing(app: XeroApp) -> None:
    invoice = app.open_invoice()
    body = {"Payments": [payment(invoice, 1)]}
    first = app.call("PUT", "Payments", body, Idempotency_Key="k")
    again = app.call("PUT", "Payments", body, Idempotency_Key="k")
    assert (again.status_code, again.content) == (200, first.content)
    assert paid(app, invoice) == 1


def test_an_error_is_remembered_too(app: XeroApp) -> None:
    invoice = app.open_invoice()
    body = {"Payments": [payment(invoice, 1, "094")]}
    first = app.call("PUT", "Payments", body, Idempotency_Key="k")
    again = app.call("PUT", "Payments", body, Idempotency_Key="k")
    assert first.status_code == again.status_code == 400
    assert again.content == first.content


def test_an_internal_error_is_remembered_until_the_six_minutes_are_over(
    sandbox: SandboxClient, app: XeroApp
) -> None:
    invoice = app.open_invoice()
    body = {"Payments": [payment(invoice, 1)]}
    sandbox.fault("xero", "500", match="PUT")
    statuses = [app.call("PUT", "Payments", body, Idempotency_Key="k").status_code for _ in range(2)]
    assert statuses == [500, 500]
    assert paid(app, invoice) == 0
    assert app.call("PUT", "Payments", body, Idempotency_Key="another").status_code == 200
    sandbox.advance(seconds=361)
    assert app.call("PUT", "Payments", body, Idempotency_Key="k").status_code == 200


def test_a_key_cannot_be_used_for_another_call(app: XeroApp) -> None:
    invoice = app.open_invoice()
    body = {"Payments": [payment(invoice, 1)]}
    app.call("PUT", "Payments", body, Idempotency_Key="k")
    others = [
        app.call("PUT", "Payments", {"Payments": [payment(invoice, 2)]}, Idempotency_Key="k"),
        app.call("POST", "Payments", body, Idempotency_Key="k"),
        app.call("PUT", "Payments", body, {"summarizeErrors": "false"}, Idempotency_Key="k"),
    ]
    assert [answer.status_code for answer in others] == [400, 400, 400]
    assert "Idempotency-Key" in others[0].json()["Message"]
    assert paid(app, invoice) == 1


def test_after_six_minutes_the_call_is_made_again(sandbox: SandboxClient, app: XeroApp) -> None:
    invoice = app.open_invoice()
    body = {"Payments": [payment(invoice, 1)]}
    app.call("PUT", "Payments", body, Idempotency_Key="k")
    sandbox.advance(seconds=300)
    app.call("PUT", "Payments", body, Idempotency_Key="k")
    assert paid(app, invoice) == 1
    sandbox.advance(seconds=61)
    app.call("PUT", "Payments", body, Idempotency_Key="k")
    assert paid(app, invoice) == 2


def test_a_key_has_at_most_128_characters(app: XeroApp) -> None:
    body = {"Payments": [payment(app.open_invoice(), 1)]}
    assert app.call("PUT", "Payments", body, Idempotency_Key="k" * 129).status_code == 400
    assert app.call("PUT", "Payments", body, Idempotency_Key="k" * 128).status_code == 200


def test_limits_are_checked_before_the_memory(sandbox: SandboxClient, app: XeroApp) -> None:
    body = {"Payments": [payment(app.open_invoice(), 1)]}
    first = app.call("PUT", "Payments", body, Idempotency_Key="k")
    for _ in range(int(first.headers["X-MinLimit-Remaining"])):
        app.call("GET", "Overpayments")
    assert app.call("PUT", "Payments", body, Idempotency_Key="k").status_code == 429
    sandbox.advance(seconds=60)
    assert app.call("PUT", "Payments", body, Idempotency_Key="k").content == first.content


def test_reading_ignores_the_key(app: XeroApp) -> None:
    invoice = app.open_invoice()
    path = f"Invoices/{invoice['InvoiceID']}"
    app.read(path, Idempotency_Key="k")
    app.write("Payments", {"Payments": [payment(invoice, 1)]})
    assert app.read(path, Idempotency_Key="k")["Invoices"][0]["AmountPaid"] == 1
