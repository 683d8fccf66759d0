"""What we look for in Xero and enter there: payments, money spent and received. Look before you enter, always."""

from datetime import date

from app.connectors.base import (
    BookedEntry,
    FeeEntry,
    IncomeEntry,
    OverpaymentEntry,
    PaymentEntry,
    RefundEntry,
)
from app.connectors.xero import bodies, wire
from app.connectors.xero.booking_rows import Candidate, booked, listed, marked, on_day
from app.connectors.xero.client import XeroClient
from app.connectors.xero.written import only_row


def find_payment(client: XeroClient, invoice: str, marker: str) -> BookedEntry | None:
    """A payment of the invoice with `marker` in its reference that nobody has deleted."""
    where = f'Invoice.InvoiceID==guid("{invoice}")'
    rows = listed(client, "Payments", where, lambda answer: answer.payments, wire.Payment)
    told = (Candidate(row.id, row.amount, row.reference, row.status, row.bank_amount) for row in rows)
    return marked(told, marker)


def record_payment(client: XeroClient, entry: PaymentEntry, idempotency_key: str) -> BookedEntry:
    """Enter one payment of one invoice."""
    body = {"Payments": [bodies.payment(entry)]}
    answer = client.write("Payments", body, idempotency_key=idempotency_key)
    row = only_row(answer.payments, wire.Payment)
    return booked(row.id, row.amount, row.faults, row.bank_amount)


def find_spent(client: XeroClient, marker: str, booked_on: date) -> BookedEntry | None:
    """Money spent on that day with `marker` in its reference."""
    return _find(client, "SPEND", marker, booked_on)


def find_received(client: XeroClient, marker: str, booked_on: date) -> BookedEntry | None:
    """Money received on that day with `marker` in its reference."""
    return _find(client, "RECEIVE", marker, booked_on)


def find_overpayment(client: XeroClient, marker: str, booked_on: date) -> BookedEntry | None:
    """An overpayment received on that day with `marker` in the description of its line, up to its full stop."""
    return _find(client, bodies.OVERPAYMENT, bodies.sentence(marker), booked_on)


def record_fee(client: XeroClient, entry: FeeEntry, idempotency_key: str) -> BookedEntry:
    """Enter one fee as money spent."""
    return _enter(client, bodies.fee(entry), idempotency_key)


def record_refund(client: XeroClient, entry: RefundEntry, idempotency_key: str) -> BookedEntry:
    """Enter one refund as money spent to the customer."""
    return _enter(client, bodies.refund(entry), idempotency_key)


def record_income(client: XeroClient, entry: IncomeEntry, idempotency_key: str) -> BookedEntry:
    """Enter money that came back as money received from the customer."""
    return _enter(client, bodies.income(entry), idempotency_key)


def record_overpayment(client: XeroClient, entry: OverpaymentEntry, idempotency_key: str) -> BookedEntry:
    """Enter an overpayment, which Xero keeps as a bank transaction and as a credit of the customer's."""
    return _enter(client, bodies.overpayment(entry), idempotency_key)


def _find(client: XeroClient, kind: str, marker: str, booked_on: date) -> BookedEntry | None:
    where = f'Type=="{kind}" AND {on_day(booked_on)}'
    rows = listed(
        client, "BankTransactions", where, lambda answer: answer.bank_transactions, wire.BankTransaction
    )
    return marked((Candidate(row.id, row.total, _text(row, kind), row.status) for row in rows), marker)


def _text(row: wire.BankTransaction, kind: str) -> str | None:
    """Where our marker stands: Xero keeps references of money spent and received only (OpenAPI, BankTransaction)."""
    if kind != bodies.OVERPAYMENT:
        return row.reference
    return "\n".join(line.description or "" for line in row.lines or ())


def _enter(client: XeroClient, body: bodies.Body, idempotency_key: str) -> BookedEntry:
    answer = client.write("BankTransactions", {"BankTransactions": [body]}, idempotency_key=idempotency_key)
    row = only_row(answer.bank_transactions, wire.BankTransaction)
    return booked(row.id, row.total, row.faults)
