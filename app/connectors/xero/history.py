"""The notes in an invoice's history."""

from msgspec import Struct, field

from app.connectors.xero import wire
from app.connectors.xero.client import XeroClient
from app.connectors.xero.written import read_rows, refuse

_LONGEST_NOTE = 250  # developer.xero.com, history and notes


class _Record(Struct):
    text: str | None = field(name="Details", default=None)
    faults: list[wire.Fault] | None = field(name="ValidationErrors", default=None)


def notes(client: XeroClient, invoice: str) -> list[str]:
    """The texts in the invoice's history."""
    answer = client.read(f"Invoices/{invoice}/History")
    return [row.text for row in read_rows(answer.history, _Record, is_write=False) if row.text]


def note(client: XeroClient, invoice: str, text: str, idempotency_key: str) -> None:
    """Add a text to the invoice's history, cut to what Xero takes."""
    body = {"HistoryRecords": [{"Details": text[:_LONGEST_NOTE]}]}
    answer = client.write(f"Invoices/{invoice}/History", body, idempotency_key=idempotency_key)
    rows = read_rows(answer.history, _Record, is_write=True)
    refuse(fault for row in rows for fault in row.faults or ())
