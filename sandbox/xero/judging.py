"""The main company's books as plain JSON, for judging whether a mirror of them is right."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox.companies.amounts import ZERO, rounded
from sandbox.xero.books.books import Books
from sandbox.xero.books.records import BankTransaction, BankTransfer, CreditNote, Invoice, Payment
from sandbox.xero.state import XeroState

Row = dict[str, Any]


def ledger_as_json(state: XeroState) -> dict[str, Any]:
    """Everything in the books; money as decimal strings, dates ISO. Callers hold the world's lock."""
    books = state.main
    ids_by_code = {account.code: account.id for account in books.accounts.values()}
    return {
        "organisation": _organisation(books),
        "contacts": [
            {"id": c.id, "name": c.name, "email": c.email, "status": c.status}
            for c in books.contacts.values()
        ],
        "invoices": [_invoice(invoice, ids_by_code) for invoice in books.invoices.values()],
        "payments": [_payment(payment) for payment in books.payments.values()],
        "credit_notes": [_credit_note(note) for note in books.credit_notes.values()],
        "bank_transactions": [_bank_transaction(record) for record in books.bank_transactions.values()],
        "transfers": [_transfer(record) for record in books.bank_transfers.values()],
        "balances": _balances(books),
        "history": [
            {"document_id": identity, "changes": r.changes, "details": r.details, "at": r.at.isoformat()}
            for identity, records in books.history.items()
            for r in records
        ],
        "accounts": [
            {
                "id": a.id,
                "code": a.code,
                "name": a.name,
                "type": a.type,
                "status": a.status,
                "currency": a.currency,
            }
            for a in books.accounts.values()
        ],
    }


def _organisation(books: Books) -> Row:
    lock = books.lock_date
    return {
        "id": books.tenant_id,
        "name": books.name,
        "base_currency": books.base_currency,
        "timezone": books.timezone,
        "lock_date": lock.isoformat() if lock else None,
    }


def _invoice(record: Invoice, ids_by_code: Mapping[str, str]) -> Row:
    return {
        "id": record.id,
        "number": record.number,
        "contact_id": record.contact.id,
        "status": record.status,
        "type": record.type,
        "currency": record.currency,
        "total": str(record.total),
        "amount_due": str(record.amount_due),
        "amount_paid": str(record.amount_paid),
        "amount_credited": str(record.amount_credited),
        "issued": record.issued.isoformat(),
        "due": record.due.isoformat(),
        "reference": record.reference,
        "line_account_ids": [ids_by_code[line.account] for line in record.lines],
        "updated": record.updated.isoformat(),
    }


def _payment(record: Payment) -> Row:
    return {
        "id": record.id,
        "invoice_id": record.invoice.id,
        "amount": str(record.amount),
        "bank_amount": str(record.bank_amount),
        "gain": str(_gain(record)),
        "currency": record.invoice.currency,
        "date": record.paid.isoformat(),
        "status": record.status,
        "reference": record.reference,
        "account_code": record.account.code,
        "updated": record.updated.isoformat(),
    }


def _gain(record: Payment) -> Decimal:
    """What it brought above what the invoice was worth when it was issued, in the base currency; a loss is negative."""
    worth, reached = record.amount / record.invoice.rate, record.amount / record.rate
    return rounded(reached) - rounded(worth)


def _balances(books: Books) -> Row:
    """What each bank account holds by its living entries, by the account's id, in its own currency."""
    held = {a.id: ZERO for a in books.accounts.values() if a.type == "BANK"}
    for payment in books.payments.values():
        if payment.status != "DELETED" and payment.account.id in held:
            sign = 1 if payment.invoice.type == "ACCREC" else -1
            held[payment.account.id] += sign * payment.bank_amount
    for entry in books.bank_transactions.values():
        if entry.status != "DELETED":
            held[entry.account.id] += -entry.total if entry.type == "SPEND" else entry.total
    for transfer in books.bank_transfers.values():
        if transfer.status != "DELETED":
            held[transfer.source.id] -= transfer.amount
            held[transfer.target.id] += transfer.amount
    return {identity: str(amount) for identity, amount in held.items()}


def _transfer(record: BankTransfer) -> Row:
    return {
        "id": record.id,
        "from_account_id": record.source.id,
        "to_account_id": record.target.id,
        "amount": str(record.amount),
        "currency": record.source.currency,
        "date": record.moved.isoformat(),
        "reference": record.reference,
        "status": record.status,
    }


def _credit_note(record: CreditNote) -> Row:
    return {
        "id": record.id,
        "number": record.number,
        "contact_id": record.contact.id,
        "status": record.status,
        "currency": record.currency,
        "total": str(record.total),
        "remaining": str(record.remaining),
        "allocations": [
            {"invoice_id": a.invoice.id, "amount": str(a.amount), "date": a.allocated.isoformat()}
            for a in record.allocations
        ],
        "updated": record.updated.isoformat(),
    }


def _bank_transaction(record: BankTransaction) -> Row:
    return {
        "id": record.id,
        "type": record.type,
        "total": str(record.total),
        "currency": record.currency,
        "account_id": record.account.id,
        "account_code": record.account.code,
        "line_account_codes": [line.account for line in record.lines],
        "tax_codes": [line.tax_type for line in record.lines],
        "tax": str(record.total_tax),
        "contact_id": record.contact.id,
        "reference": record.reference,
        "note": "\n".join(line.description for line in record.lines),
        "date": record.issued.isoformat(),
        "status": record.status,
    }
