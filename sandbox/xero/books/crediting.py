"""Credit notes and what they settle."""

from datetime import date
from decimal import Decimal

from sandbox.companies.amounts import rounded
from sandbox.companies.company import Line
from sandbox.xero.books import rules
from sandbox.xero.books.books import Books
from sandbox.xero.books.paying import follow_balance
from sandbox.xero.books.records import Allocation, CreditNote, Invoice

TOO_MUCH_FOR_NOTE = "The amount of the allocation exceeds the remaining credit"  # assumed
TOO_MUCH_FOR_INVOICE = (
    "The amount of the allocation exceeds the amount outstanding on this document"  # assumed
)
CURRENCIES_DIFFER = "The currency of the invoice must match the currency of the credit note"  # assumed
CONTACTS_DIFFER = "The contact of the invoice must match the contact of the credit note"  # assumed
NOT_OPEN = "Credit can only be allocated to Authorised documents"  # assumed


def raise_credit_note(books: Books, invoice: Invoice, amount: Decimal, issued: date) -> CreditNote:
    """An authorised credit note for an invoice's contact and currency, not yet allocated."""
    if amount <= 0:
        raise rules.BooksRefuseError(rules.NOT_POSITIVE)
    note = CreditNote(
        id=books.new_id(),
        type="ACCRECCREDIT",
        number=_next_number(books),
        contact=invoice.contact,
        issued=issued,
        currency=invoice.currency,
        rate=invoice.rate,
        lines=(Line(description=f"Credit for {invoice.number}", unit_amount=rounded(amount)),),
        updated=books.moment(),
        reference=invoice.number,
    )
    books.credit_notes[note.id] = note
    books.touch(note, created=True)
    return note


def objections(books: Books, note: CreditNote, invoice: Invoice, amount: Decimal, day: date) -> list[str]:
    """Why Xero would refuse this allocation."""
    found = []
    if amount <= 0:
        found.append(rules.NOT_POSITIVE)
    if note.status != "AUTHORISED" or invoice.status != "AUTHORISED":
        found.append(NOT_OPEN)
    if amount > note.remaining:
        found.append(TOO_MUCH_FOR_NOTE)
    if amount > invoice.amount_due:
        found.append(TOO_MUCH_FOR_INVOICE)
    if invoice.currency != note.currency:
        found.append(CURRENCIES_DIFFER)
    if invoice.contact is not note.contact:
        found.append(CONTACTS_DIFFER)
    return found + rules.locked(books, day)


def allocate(books: Books, note: CreditNote, invoice: Invoice, amount: Decimal, day: date) -> Allocation:
    """Settle part of an invoice with a credit note. BooksRefuseError says why not."""
    found = objections(books, note, invoice, amount, day)
    if found:
        raise rules.BooksRefuseError(*found)
    allocation = Allocation(books.new_id(), note, invoice, rounded(amount), day)
    note.allocations.append(allocation)
    invoice.allocations.append(allocation)
    if note.remaining == 0:
        note.status = "PAID"
    follow_balance(invoice)
    books.touch(note)
    books.touch(invoice)
    books.note(invoice.id, "Credit Applied", f"Credit note {note.number} applied for {allocation.amount}")
    return allocation


def _next_number(books: Books) -> str:
    taken = {note.number for note in books.credit_notes.values()}
    place = len(taken) + 1
    while (number := f"CN-{place:04d}") in taken:
        place += 1
    return number
