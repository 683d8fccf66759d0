"""Contacts that get another name, or become one; drafts that are deleted."""

from typing import Any

import pytest

from tests.sandbox.client import SandboxClient
from tests.sandbox.xero.client import XeroApp


def contact(app: XeroApp, contact_id: str) -> dict[str, Any]:
    found: dict[str, Any] = app.read(f"Contacts/{contact_id}")["Contacts"][0]
    return found


def refusal(sandbox: SandboxClient, path: str, **wishes: Any) -> str:
    answer = sandbox.post(f"/control/xero/{path}", wishes)
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"])


def listed(app: XeroApp, invoice_id: str) -> dict[str, Any]:
    """The invoice as a page of many shows it, which is kept until it changes."""
    found = app.read("Invoices", {"page": 1, "pageSize": 1000})["Invoices"]
    return next(invoice for invoice in found if invoice["InvoiceID"] == invoice_id)


def another_contact(app: XeroApp, than: str) -> dict[str, Any]:
    found = app.read("Contacts", {"page": 1, "pageSize": 1000})["Contacts"]
    return next(c for c in found if c["ContactID"] != than and c["IsCustomer"])


def test_a_renamed_contact_shows_on_its_documents_and_dates_none(
    sandbox: SandboxClient, app: XeroApp
) -> None:
    before = listed(app, app.open_invoice()["InvoiceID"])
    ref = before["Contact"]["ContactID"]
    sandbox.control(f"xero/contacts/{ref}/rename", name="Renamed / & Co")
    assert contact(app, ref)["Name"] == "Renamed / & Co"
    after = listed(app, before["InvoiceID"])
    assert after["Contact"]["Name"] == "Renamed / & Co"
    assert after["UpdatedDateUTC"] == before["UpdatedDateUTC"]


def test_a_name_is_given_once_only(sandbox: SandboxClient, app: XeroApp) -> None:
    ref = app.open_invoice()["Contact"]["ContactID"]
    taken = another_contact(app, ref)["Name"]
    said = refusal(sandbox, f"contacts/{ref}/rename", name=taken.upper())
    assert "already assigned to another contact" in said
    assert refusal(sandbox, f"contacts/{ref}/rename") == "name is missing"


def test_merged_contacts_share_the_winners_name_and_no_document_is_dated(
    sandbox: SandboxClient, app: XeroApp
) -> None:
    before = listed(app, app.open_invoice()["InvoiceID"])
    loser = before["Contact"]["ContactID"]
    winner = another_contact(app, loser)
    sandbox.control(f"xero/contacts/{loser}/merge", into=winner["Name"])
    gone = contact(app, loser)
    assert (gone["ContactStatus"], gone["MergedToContactID"]) == ("ARCHIVED", winner["ContactID"])
    after = listed(app, before["InvoiceID"])
    assert after["Contact"]["ContactID"] == winner["ContactID"]
    assert after["UpdatedDateUTC"] == before["UpdatedDateUTC"]
    books = sandbox.get("/control/xero/ledger").json()
    assert loser not in {row["contact_id"] for row in books["invoices"] + books["credit_notes"]}
    owed = contact(app, winner["ContactID"])["Balances"]["AccountsReceivable"]["Outstanding"]
    assert owed >= before["AmountDue"]


def test_only_two_contacts_in_use_can_be_merged(sandbox: SandboxClient, app: XeroApp) -> None:
    ref = app.open_invoice()["Contact"]["ContactID"]
    other = another_contact(app, ref)["ContactID"]
    assert "Only two different contacts" in refusal(sandbox, f"contacts/{ref}/merge", into=ref)
    sandbox.control(f"xero/contacts/{other}/archive")
    assert "Only two different contacts" in refusal(sandbox, f"contacts/{ref}/merge", into=other)
    assert sandbox.post(f"/control/xero/contacts/{ref}/merge", {"into": "Nobody"}).status_code == 404


@pytest.mark.parametrize(("status", "goes"), [("DRAFT", True), ("SUBMITTED", True), ("AUTHORISED", False)])
def test_only_what_nobody_approved_can_be_deleted(sandbox: SandboxClient, status: str, goes: bool) -> None:
    rows = sandbox.get("/control/xero/ledger").json()["invoices"]
    number = next(r["number"] for r in rows if r["status"] == status and r["type"] == "ACCREC")
    answer = sandbox.post(f"/control/xero/invoices/{number}/delete", {})
    assert answer.status_code == (200 if goes else 400)
    after = sandbox.get("/control/xero/ledger").json()["invoices"]
    assert next(r["status"] for r in after if r["number"] == number) == ("DELETED" if goes else status)
