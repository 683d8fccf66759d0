"""Edits of the main company's contacts."""

from typing import Any

from sandbox.companies.company import Person
from sandbox.xero.books.books import Books
from sandbox.xero.books.records import BankTransaction, Contact, CreditNote, Invoice, Payment
from sandbox.xero.books.rules import BooksRefuseError
from sandbox.xero.state import XeroState

MOST_PERSONS = 5
Papers = Invoice | CreditNote | BankTransaction


def find_contact(state: XeroState, name_or_id: str) -> Contact:
    contact = state.main.contacts.get(name_or_id) or state.main.contact_named(name_or_id)
    if contact is None:
        raise LookupError(f"there is no contact {name_or_id}")
    return contact


def change_email(state: XeroState, name_or_id: str, email: str) -> Contact:
    """Write another address into a contact; an empty one removes it."""
    contact = find_contact(state, name_or_id)
    contact.email = email
    state.main.touch(contact)
    return contact


def change_persons(state: XeroState, name_or_id: str, persons: list[dict[str, Any]]) -> Contact:
    """Name other further people at a contact, each with the names that Xero's API has for its fields."""
    if len(persons) > MOST_PERSONS:
        raise BooksRefuseError(f"A contact has at most {MOST_PERSONS} additional people.")
    contact = find_contact(state, name_or_id)
    contact.persons = tuple(
        Person(
            first_name=str(one.get("FirstName", "")),
            last_name=str(one.get("LastName", "")),
            email=str(one.get("EmailAddress", "")),
            included=bool(one.get("IncludeInEmails", False)),
        )
        for one in persons
    )
    state.main.touch(contact)
    return contact


def change_phone(state: XeroState, name_or_id: str, phone: str) -> Contact:
    """Write another telephone number into a contact; an empty one removes it."""
    contact = find_contact(state, name_or_id)
    contact.phone = phone
    state.main.touch(contact)
    return contact


def change_address(state: XeroState, name_or_id: str, region: str, country: str) -> Contact:
    """Write another state and country into a contact's postal address; whatever people write there."""
    contact = find_contact(state, name_or_id)
    contact.region, contact.country = region, country
    state.main.touch(contact)
    return contact


def rename_contact(state: XeroState, name_or_id: str, name: str) -> Contact:
    """Documents show the new name at once, and none of them is dated."""
    books, contact = state.main, find_contact(state, name_or_id)
    holder = books.contact_named(name)
    if holder is not None and holder is not contact:
        raise BooksRefuseError(f"The contact name {name} is already assigned to another contact.")
    contact.name = name
    for record in _records_of(books, contact):
        books.touch(record, dated=False)
    books.touch(contact)
    return contact


def archive_contact(state: XeroState, name_or_id: str) -> Contact:
    contact = find_contact(state, name_or_id)
    contact.status = "ARCHIVED"
    state.main.touch(contact)
    return contact


def merge_contacts(state: XeroState, loser: str, winner: str) -> Contact:
    """Make two contacts one: the loser is archived and names the winner, who gets its documents.

    Only the loser is dated and announced (assumed: neither its documents nor the winner are).
    """
    books = state.main
    gone, kept = find_contact(state, loser), find_contact(state, winner)
    if gone is kept or "ARCHIVED" in {gone.status, kept.status}:
        raise BooksRefuseError("Only two different contacts that are in use can be merged.")  # assumed
    records = _records_of(books, gone)
    kept.receivable += gone.receivable
    gone.receivable = []
    kept.is_supplier = kept.is_supplier or gone.is_supplier
    for record in records:
        if not isinstance(record, Payment):
            record.contact = kept
        books.touch(record, dated=False)
    gone.status, gone.merged_into = "ARCHIVED", kept.id
    books.touch(kept, dated=False)
    books.touch(gone)
    return kept


def _records_of(books: Books, contact: Contact) -> list[Papers | Payment]:
    """Everything that shows the contact's name."""
    papers: list[Papers] = [
        *books.invoices.values(),
        *books.credit_notes.values(),
        *books.bank_transactions.values(),
    ]
    paid = [payment for payment in books.payments.values() if payment.invoice.contact is contact]
    return [*(document for document in papers if document.contact is contact), *paid]
