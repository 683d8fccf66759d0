"""Transfers between two bank accounts. Like a deposit, one is found among those of its day by its note."""

from datetime import date

from app.connectors.base import BookedEntry, TransferEntry
from app.connectors.quickbooks.booking_marks import note, request_id
from app.connectors.quickbooks.booking_rows import Transfer, booked, of_day, only_noted, read
from app.connectors.quickbooks.client import QuickBooksClient

_SENTENCE = "Payout to the bank"


def find_transfer(client: QuickBooksClient, marker: str, booked_on: date) -> BookedEntry | None:
    """The transfer of that day with the marker in its note. Raises Rejected if there are several."""
    return only_noted(of_day(client, Transfer, booked_on), marker, lambda row: row.total, "transfer")


def record_transfer(client: QuickBooksClient, entry: TransferEntry, idempotency_key: str) -> BookedEntry:
    """Enter one transfer."""
    answer = client.write("transfer", transfer_body(entry), request_id=request_id(idempotency_key))
    row = read(answer.record("Transfer"), Transfer, is_write=True)
    return booked(row.id, row.total)


def transfer_body(entry: TransferEntry) -> dict[str, object]:
    """A transfer as QuickBooks' JSON; its currency is the accounts'. Pure."""
    return {
        "FromAccountRef": {"value": entry.from_account_external_id},
        "ToAccountRef": {"value": entry.to_account_external_id},
        "Amount": entry.amount,
        "TxnDate": entry.booked_on.isoformat(),
        "PrivateNote": note(entry.marker, _SENTENCE),
    }
