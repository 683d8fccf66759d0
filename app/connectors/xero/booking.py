"""What we look for in Xero and enter there: payments, fees, refunds. Look before you enter, always."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import TypeVar

import msgspec

from app.connectors.base import BookedEntry, FeeEntry, PaymentEntry, RefundEntry
from app.connectors.xero import bodies, wire
from app.connectors.xero.answers import unanswered
from app.connectors.xero.client import XeroClient
from app.connectors.xero.dates import query_date
from app.connectors.xero.paging import PAGE_SIZE
from app.connectors.xero.written import only_row, read_rows, refuse
from app.kit.errors import NotFound, Rejected

_T = TypeVar("_T")


def find_payment(client: XeroClient, invoice: str, marker: str) -> BookedEntry | None:
    """A payment of the invoice with `marker` in its reference that nobody has deleted."""
    where = f'Invoice.InvoiceID==guid("{invoice}")'
    rows = _listed(client, "Payments", where, lambda answer: answer.payments, wire.Payment)
    return _marked(((row.id, row.amount, row.reference, row.status) for row in rows), marker)


def record_payment(client: XeroClient, entry: PaymentEntry, idempotency_key: str) -> BookedEntry:
    """Enter one payment."""
    body = {"Payments": [bodies.payment(entry)]}
    answer = client.write("Payments", body, idempotency_key=idempotency_key)
    row = only_row(answer.payments, wire.Payment)
    return _booked(row.id, row.amount, row.faults)


def void_payment(client: XeroClient, payment: str, idempotency_key: str) -> None:
    """Delete a payment, which is Xero's way to take one back. One that is gone already is left alone."""
    if _is_gone(client, payment):
        return
    body = {"Payments": [{"PaymentID": payment, "Status": "DELETED"}]}
    try:
        answer = client.write(f"Payments/{payment}", body, idempotency_key=idempotency_key, method="POST")
        refuse(only_row(answer.payments, wire.Payment).faults or ())
    except Rejected:
        # Somebody may have deleted it in the moment between.
        if not _is_gone(client, payment):
            raise


def find_spent(client: XeroClient, marker: str, booked_on: date) -> BookedEntry | None:
    """Money spent on that day with `marker` in its reference. Xero cannot search references: we look ourselves."""
    on = query_date(booked_on)
    where = f'Type=="SPEND" AND Date>={on} AND Date<={on}'
    rows = _listed(
        client, "BankTransactions", where, lambda answer: answer.bank_transactions, wire.BankTransaction
    )
    return _marked(((row.id, row.total, row.reference, row.status) for row in rows), marker)


def record_fee(client: XeroClient, entry: FeeEntry, idempotency_key: str) -> BookedEntry:
    """Enter one fee as money spent."""
    return _spend(client, bodies.fee(entry), idempotency_key)


def record_refund(client: XeroClient, entry: RefundEntry, idempotency_key: str) -> BookedEntry:
    """Enter one refund as money spent to the customer."""
    return _spend(client, bodies.refund(entry), idempotency_key)


def _spend(client: XeroClient, body: bodies.Body, idempotency_key: str) -> BookedEntry:
    answer = client.write("BankTransactions", {"BankTransactions": [body]}, idempotency_key=idempotency_key)
    row = only_row(answer.bank_transactions, wire.BankTransaction)
    return _booked(row.id, row.total, row.faults)


def _is_gone(client: XeroClient, payment: str) -> bool:
    try:
        answer = client.read(f"Payments/{payment}")
    except NotFound:
        return True
    rows = read_rows(answer.payments, wire.Payment, is_write=False)
    return any(row.status == "DELETED" for row in rows)


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
        yield from read_rows(rows(answer), kind, is_write=False)
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
    refuse(faults or ())
    if external_id is None or amount is None:
        raise unanswered(is_write=True)
    return BookedEntry(external_id.lower(), amount)
