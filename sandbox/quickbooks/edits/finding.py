"""Records by what people call them; LookupError says what there is not."""

from collections.abc import Iterable
from typing import TypeVar

from sandbox.quickbooks.books.books import TRANSACTIONS, Books
from sandbox.quickbooks.books.parties import GONE
from sandbox.quickbooks.books.records import Account, Customer, Invoice, ListRecord, Payment, Transaction

L = TypeVar("L", bound=ListRecord)


def find_invoice(books: Books, number_or_id: str) -> Invoice:
    """By number, or by id where no invoice has that number. Of several with one number, the latest."""
    numbered = [invoice for invoice in books.invoices.values() if invoice.number == number_or_id]
    found = numbered[-1] if numbered else books.invoices.get(number_or_id)
    if found is None:
        raise LookupError(f"there is no invoice {number_or_id}")
    return found


def find_payment(books: Books, identity: str) -> Payment:
    if identity not in books.payments:
        raise LookupError(f"there is no payment {identity}")
    return books.payments[identity]


def find_entry(books: Books, identity: str) -> Transaction:
    """A transaction of any kind: all of them share one sequence of ids."""
    for entity in TRANSACTIONS:
        if identity in books.transactions(entity):
            return books.transactions(entity)[identity]
    raise LookupError(f"there is no entry {identity}")


def find_contact(books: Books, name_or_id: str) -> Customer:
    found = books.customers.get(name_or_id) or _named(books.customers.values(), name_or_id)
    if found is None:
        raise LookupError(f"there is no contact {name_or_id}")
    return found


def find_account(books: Books, wanted: str) -> Account:
    """By number, by name, or by id."""
    accounts = books.accounts.values()
    numbered = next((account for account in accounts if wanted and account.number == wanted), None)
    found = numbered or _named(accounts, wanted) or books.accounts.get(wanted)
    if found is None:
        raise LookupError(f"there is no account {wanted}")
    return found


def bank(books: Books, currency: str) -> Account:
    """The first bank account in use of this currency, else of the home currency."""
    banks = [account for account in books.accounts.values() if account.type == "Bank" and account.active]
    for wanted in (currency, books.home_currency):
        for account in banks:
            if account.currency == wanted:
                return account
    raise LookupError(f"no bank account in use takes {currency}")


def _named(records: Iterable[L], name: str) -> L | None:
    """The record of that name; one that is inactive answers to the name it had."""
    known = {record.name: record for record in records}
    return known.get(name) or known.get(f"{name}{GONE}")
