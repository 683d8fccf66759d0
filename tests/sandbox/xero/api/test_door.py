"""What every call passes before it is answered."""

import re

import pytest

from tests.sandbox.client import SandboxClient
from tests.sandbox.xero.client import API, XeroApp, payment


def test_every_answer_is_wrapped_and_signed(app: XeroApp) -> None:
    answer = app.call("GET", "Organisation")
    body = answer.json()
    assert (body["Status"], body["ProviderName"]) == ("OK", "DueMate")
    assert re.fullmatch(r"/Date\(\d{13}\)/", body["DateTimeUTC"])
    assert re.fullmatch(r"[0-9a-f-]{36}", body["Id"])
    assert (
        answer.headers["Xero-Correlation-Id"]
        != app.call("GET", "Organisation").headers["Xero-Correlation-Id"]
    )


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Basic abc"])
def test_without_a_good_token_the_answer_is_401(sandbox: SandboxClient, header: str) -> None:
    headers = {"Authorization": header, "Accept": "application/json", "xero-tenant-id": "x"}
    answer = sandbox.get(f"{API}/Organisation", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["Detail"] == "AuthenticationUnsuccessful"


@pytest.mark.parametrize("tenant", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_without_a_connected_organisation_the_answer_is_403(app: XeroApp, tenant: str) -> None:
    app.tenant_id = tenant
    assert app.call("GET", "Organisation").status_code == 403


def test_reading_needs_one_of_two_scopes_and_writing_the_full_one(sandbox: SandboxClient) -> None:
    reader = XeroApp.connected(sandbox, scope="accounting.payments.read accounting.invoices.read")
    invoice = reader.open_invoice()
    reader.read("Payments", {"page": 1})
    for method, path in (
        ("PUT", "Payments"),
        ("POST", "Payments"),
        ("PUT", f"Invoices/{invoice['InvoiceID']}/History"),
    ):
        answer = reader.call(method, path, {"Payments": [payment(invoice, 1)]})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "insufficient_scope"
    assert reader.invoice(invoice["InvoiceID"])["AmountPaid"] == 0


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        ("accounting.invoices", "Contacts"),
        ("accounting.contacts", "Invoices"),
        ("accounting.invoices", "Payments"),
        ("accounting.payments", "BankTransactions"),
        ("accounting.invoices", "Accounts"),
        ("accounting.invoices", "Organisation"),
    ],
)
def test_each_endpoint_has_a_scope_of_its_own(sandbox: SandboxClient, scope: str, path: str) -> None:
    assert XeroApp.connected(sandbox, scope=scope).call("GET", path).status_code == 401


@pytest.mark.parametrize("accept", ["*/*", "application/xml", ""])
def test_who_does_not_ask_for_json_gets_none(app: XeroApp, accept: str) -> None:
    assert app.call("GET", "Organisation", Accept=accept).status_code == 406


@pytest.mark.parametrize("path", ["Invoices/INV-99999", "Quotes", "Invoices/x/y/z", "Payments/INV-0001"])
def test_what_is_not_there_is_a_plain_404(app: XeroApp, path: str) -> None:
    answer = app.call("GET", path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.text == "The resource you're looking for cannot be found"


@pytest.mark.parametrize("body", ["{", "[1]", '"x"', "", '{"Payments":[{"Amount":NaN}]}'])
def test_a_body_that_cannot_be_understood_is_400(app: XeroApp, body: str) -> None:
    url = f"{app.sandbox.url}{API}/Payments"
    headers = app.bearer() | {"xero-tenant-id": app.tenant_id, "Accept": "application/json"}
    answer = app.session.put(url, data=body, headers=headers, timeout=60)
    assert (answer.status_code, answer.json()["Type"]) == (400, "PostDataInvalidException")


def test_nothing_to_do_is_an_error_too(app: XeroApp) -> None:
    answer = app.call("PUT", "Payments", {"Payments": []})
    assert (answer.status_code, answer.json()["Type"]) == (400, "NoDataProcessedException")


def test_drift_brings_a_class_nobody_knows_and_nulls_for_texts(sandbox: SandboxClient, app: XeroApp) -> None:
    assert app.read("Organisation")["Organisations"][0]["Class"] == "PREMIUM"
    sandbox.fault("xero", "drift", times=None)
    assert app.read("Organisation")["Organisations"][0]["Class"] == "CONSTELLATION"
    drifted = app.read("Contacts", {"page": 1})["Contacts"]
    assert any(contact["EmailAddress"] is None for contact in drifted)
    sandbox.delete("/control/faults")
    assert all(c["EmailAddress"] is not None for c in app.read("Contacts", {"page": 1})["Contacts"])
