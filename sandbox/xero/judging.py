"""The main company's books as plain JSON, for judging whether a mirror of them is right."""

from typing import Any

from sandbox.xero.books.books import Books
from sandbox.xero.books.records import BankTransaction, CreditNote, Invoice, Payment
from sandbox.xero.state import XeroState

Row = dict[str, Any]


def ledger_as_json(state: XeroState) -> dict[str, Any]:
    """Everything in the books; money as decimal strings, dates ISO. Callers hold the world's lock."""
    books = state.main
    return {
        "organisation": _organisation(books),
        "contacts": [
            {"id": c.id, "name": c.name, "email": c.email, "status": c.status}
            for c in books.contacts.values()
        ],
        "invoices": [_invoice(invoice) for invoice in books.invoices.values()],
        "payments": [_payment(payment) for payment in books.payments.values()],
        "credit_notes": [_credit_note(note) for note in books.credit_notes.values()],
        "bank_transactions": [_bank_transaction(record) for record in books.bank_transactions.values()],
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


def _invoice(record: Invoice) -> Row:
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
        "updated": record.updated.isoformat(),
    }


def _payment(record: Payment) -> Row:
    return {
        "id": record.id,
        "invoice_id": record.invoice.id,
        "amount": str(record.amount),
        "bank_amount": str(record.bank_amount),
        "currency": record.invoice.currency,
        "date": record.paid.isoformat(),
        "status": record.status,
        "reference": record.reference,
        "account_code": record.account.code,
        "updated": record.updated.isoformat(),
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
        "account_code": record.account.code,
        "line_account_codes": [line.account for line in record.lines],
        "contact_id": record.contact.id,
        "reference": record.reference,
        "date": record.issued.isoformat(),
        "status": record.status,
    }
