"""Notes on documents."""

import pytest

from tests.sandbox.client import SandboxClient
from tests.sandbox.xero.client import XeroApp, payment


def notes(*details: str) -> dict[str, list[dict[str, str]]]:
    return {"HistoryRecords": [{"Details": text} for text in details]}


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_note_is_kept_newest_first_as_the_systems(app: XeroApp, method: str) -> None:
    path = f"Invoices/{app.open_invoice()['InvoiceID']}/History"
    app.write(path, notes("first"), method)
    app.write(path, notes("second ✓"), method)
    records = app.read(path)["HistoryRecords"]
    assert [(r["Details"], r["User"], r["Changes"]) for r in records] == [
        ("second ✓", "System Generated", "Note"),
        ("first", "System Generated", "Note"),
    ]


def test_a_note_alone_does_not_date_the_invoice(sandbox: SandboxClient, app: XeroApp) -> None:
    invoice = app.open_invoice()
    sandbox.advance(seconds=60)
    app.write(f"Invoices/{invoice['InvoiceID']}/History", notes("hello"))
    assert app.invoice(invoice["InvoiceID"])["UpdatedDateUTC"] == invoice["UpdatedDateUTC"]


def test_a_note_has_at_most_250_characters(app: XeroApp) -> None:
    path = f"Invoices/{app.open_invoice()['InvoiceID']}/History"
    app.write(path, notes("x" * 250))
    assert app.refusal(path, notes("fine", "x" * 251))
    assert app.refusal(path, notes(""))
    assert len(app.read(path)["HistoryRecords"]) == 1


def test_payments_take_no_notes(app: XeroApp) -> None:
    (made,) = app.write("Payments", {"Payments": [payment(app.open_invoice(), 1)]})["Payments"]
    assert app.refusal(f"Payments/{made['PaymentID']}/History", notes("hello")) == [
        "The document with the supplied id was not found for this endpoint."
    ]


def test_a_document_that_is_not_there_has_no_history(app: XeroApp) -> None:
    assert app.call("GET", "Invoices/INV-99999/History").status_code == 404
    assert app.call("PUT", "Nonsense/INV-0001/History", notes("x")).status_code == 404
