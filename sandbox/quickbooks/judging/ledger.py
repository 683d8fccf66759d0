"""The main company's books, whole."""

from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.records import Account, Customer
from sandbox.quickbooks.judging import documents
from sandbox.quickbooks.judging.balances import balances
from sandbox.quickbooks.judging.documents import Row
from sandbox.quickbooks.state import QuickBooksState


def ledger_as_json(state: QuickBooksState) -> Row:
    """Everything in the books; money as decimal strings, dates ISO. Deleted records are absent.

    Callers hold the world's lock.
    """
    books = state.main
    spent = [documents.purchase(record) for record in books.purchases.values()]
    brought = [documents.deposit(record) for record in books.deposits.values()]
    return {
        "organisation": _organisation(books),
        "contacts": [_contact(record) for record in books.customers.values()],
        "invoices": [documents.invoice(record, books.items) for record in books.invoices.values()],
        "payments": [row for record in books.payments.values() for row in documents.payment(record)],
        "credit_notes": [documents.credit_memo(record) for record in books.credit_memos.values()],
        "bank_transactions": spent + brought,
        "transfers": [documents.transfer(record) for record in books.transfers.values()],
        "balances": balances(books),
        "history": [],
        "accounts": [_account(record) for record in books.accounts.values()],
    }


def _organisation(books: Books) -> Row:
    return {
        "id": books.realm_id,
        "name": books.name,
        "base_currency": books.home_currency,
        "timezone": books.time_zone,
        "lock_date": books.book_close_date.isoformat() if books.book_close_date else None,
    }


def _contact(record: Customer) -> Row:
    return {
        "id": record.id,
        "name": record.name,
        "email": record.email.split(",")[0].strip(),
        "status": "ACTIVE" if record.active else "ARCHIVED",
    }


def _account(record: Account) -> Row:
    return {
        "id": record.id,
        "code": record.number,
        "name": record.name,
        "type": record.type,
        "status": "ACTIVE" if record.active else "ARCHIVED",
        "currency": record.currency,
    }
