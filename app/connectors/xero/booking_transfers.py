"""Transfers between two bank accounts of the organisation. A list of them has no pages, and leaves out deleted ones."""

from datetime import date

from app.connectors.base import BookedEntry, TransferEntry
from app.connectors.xero import bodies, wire
from app.connectors.xero.booking_rows import Candidate, booked, marked, on_day
from app.connectors.xero.client import XeroClient
from app.connectors.xero.written import only_row, read_rows


def find_transfer(client: XeroClient, marker: str, booked_on: date) -> BookedEntry | None:
    """A transfer of that day with `marker` in its reference."""
    answer = client.read("BankTransfers", {"where": on_day(booked_on)})
    rows = read_rows(answer.bank_transfers, wire.BankTransfer, is_write=False)
    return marked((Candidate(row.id, row.amount, row.reference, row.status) for row in rows), marker)


def record_transfer(client: XeroClient, entry: TransferEntry, idempotency_key: str) -> BookedEntry:
    """Enter one transfer. Raises Rejected if one of the accounts is no bank account of the same currency."""
    body = {"BankTransfers": [bodies.transfer(entry)]}
    answer = client.write("BankTransfers", body, idempotency_key=idempotency_key)
    row = only_row(answer.bank_transfers, wire.BankTransfer)
    return booked(row.id, row.amount, row.faults)
