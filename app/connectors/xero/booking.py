"""What we look for in Xero and enter there: payments, fees, notes. Look before you enter, always."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import TypeVar

import msgspec

from app.connectors.base import BookedEntry
from app.connectors.xero import wire
from app.connectors.xero.answers import refused, unanswered
from app.connectors.xero.client import XeroClient
from app.connectors.xero.dates import query_date
from app.connectors.xero.fields import Senseless, read_row
from app.connectors.xero.paging import PAGE_SIZE

_T = TypeVar("_T")
_LONGEST_NOTE = 250  # developer.xero.com, history and notes


def find_payment(client: XeroClient, invoice: str, marker: str) -> BookedEntry | None:
    """A payment of the invoice with `marker` in its reference that nobody has deleted."""
    where = f'Invoice.InvoiceID==guid("{invoice}")'
    rows = _listed(client, "Payments", where, lambda answer: answer.payments, wire.Payment)
    return _marked(((row.id, row.amount, row.reference, row.status) for row in rows), marker)


def record_payment(client: XeroClient, entry: dict[str, object], idempotency_key: str) -> BookedEntry:
    """Enter one payment."""
    answer = client.write("Payments", {"Payments": [entry]}, idempotency_key=idempotency_key)
    row = _only(answer.payments, wire.Payment)
    return _booked(row.id, row.amount, row.faults)


def find_fee(client: XeroClient, marker: str, booked_on: date) -> BookedEntry | None:
    """Money spent on that day with `marker` in its reference. Xero cannot search references: we look ourselves."""
    on = query_date(booked_on)
    where = f'Type=="SPEND" AND Date>={on} AND Date<={on}'
    rows = _listed(
        client, "BankTransactions", where, lambda answer: answer.bank_transactions, wire.BankTransaction
    )
    return _marked(((row.id, row.total, row.reference, row.status) for row in rows), marker)


def record_fee(client: XeroClient, entry: dict[str, object], idempotency_key: str) -> BookedEntry:
    """Enter one fee as money spent."""
    answer = client.write("BankTransactions", {"BankTransactions": [entry]}, idempotency_key=idempotency_key)
    row = _only(answer.bank_transactions, wire.BankTransaction)
    return _booked(row.id, row.total, row.faults)


def notes(client: XeroClient, invoice: str) -> list[str]:
    """The texts in the invoice's history."""
    answer = client.read(f"Invoices/{invoice}/History")
    return [row.text for row in _read(answer.history, wire.HistoryRecord, is_write=False) if row.text]


def note(client: XeroClient, invoice: str, text: str, idempotency_key: str) -> None:
    """Add a text to the invoice's history, cut to what Xero takes."""
    body = {"HistoryRecords": [{"Details": text[:_LONGEST_NOTE]}]}
    answer = client.write(f"Invoices/{invoice}/History", body, idempotency_key=idempotency_key)
    _refuse(
        fault
        for row in _read(answer.history, wire.HistoryRecord, is_write=True)
        for fault in row.faults or ()
    )


def _listed(
    client: XeroClient,
    path: str,
    where: str,
    rows: Callable[[wire.Answer], list[msgspec.Raw]],
    kind: type[_T],
) -> Iterator[_T]:
    number = 1
    while True:
        parameters = {"where": where, "page": str(number), "pageSize": str(PAGE_SIZE)}
        answer = client.read(path, parameters)
        yield from _read(rows(answer), kind, is_write=False)
        if answer.pagination is None or number >= answer.pagination.page_count:
            return
        number += 1


def _marked(
    rows: Iterable[tuple[str | None, Decimal | None, str | None, str | None]], marker: str
) -> BookedEntry | None:
    for external_id, amount, reference, status in rows:
        if external_id and amount is not None and status != "DELETED" and marker in (reference or ""):
            return BookedEntry(external_id.lower(), amount)
    return None


def _booked(external_id: str | None, amount: Decimal | None, faults: list[wire.Fault] | None) -> BookedEntry:
    # Some refusals come under a status of success, with the sentence on the element.
    _refuse(faults or ())
    if external_id is None or amount is None:
        raise unanswered(is_write=True)
    return BookedEntry(external_id.lower(), amount)


def _refuse(faults: Iterable[wire.Fault]) -> None:
    sentences = [fault.message or "" for fault in faults]
    if sentences:
        raise refused(sentences)


def _only(raws: list[msgspec.Raw], kind: type[_T]) -> _T:
    rows = _read(raws, kind, is_write=True)
    if len(rows) != 1:
        raise unanswered(is_write=True)
    return rows[0]


def _read(raws: list[msgspec.Raw], kind: type[_T], *, is_write: bool) -> list[_T]:
    try:
        return [read_row(raw, kind) for raw in raws]
    except Senseless:
        raise unanswered(is_write=is_write) from None
