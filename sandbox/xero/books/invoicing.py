"""Raising, changing and voiding invoices."""

from collections.abc import Mapping
from typing import Any

from sandbox.companies.amounts import total
from sandbox.xero.books import rules
from sandbox.xero.books.books import Books
from sandbox.xero.books.paying import follow_balance
from sandbox.xero.books.records import Contact, Invoice

OPEN_STATUSES = ("DRAFT", "SUBMITTED", "AUTHORISED")
STEPS = {
    "DRAFT": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "SUBMITTED": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "AUTHORISED": {"AUTHORISED", "VOIDED"},
    "PAID": {"PAID"},
}
# What may still change once money or credit is on a document.
ALWAYS_CHANGEABLE = {"due", "reference", "sent", "expected", "url"}


def objections_to_new(books: Books, invoice: Invoice) -> list[str]:
    """Why Xero would refuse this invoice."""
    checks = (
        (invoice.status not in OPEN_STATUSES, rules.NEW_STATUS),
        (invoice.type == "ACCREC" and invoice.number in books.sales_by_number, rules.NUMBER_TAKEN),
        (not books.uses(invoice.currency), f"{rules.CURRENCY_UNKNOWN} {invoice.currency}"),
        (invoice.due < invoice.issued, rules.DUE_BEFORE_ISSUED),
        (invoice.total < 0, rules.NEGATIVE_TOTAL),
        (invoice.contact.status != "ACTIVE", rules.CONTACT_ARCHIVED),
    )
    return [words for wrong, words in checks if wrong] + rules.locked(books, invoice.issued)


def add(books: Books, invoice: Invoice) -> None:
    """Put a new invoice into the books, and its contact if that is new too."""
    invoice.contact = books.enter_contact(invoice.contact)
    invoice.number = invoice.number or next_number(books)
    books.invoices[invoice.id] = invoice
    if invoice.type == "ACCREC":
        books.sales_by_number[invoice.number] = invoice
        _become_customer(books, invoice.contact, invoice)
    else:
        invoice.contact.is_supplier = True
    follow_balance(invoice)
    books.touch(invoice, created=True)
    books.note(invoice.id, "Created", f"Invoice {invoice.number} created")


def objections_to_change(books: Books, invoice: Invoice, changes: Mapping[str, Any]) -> list[str]:
    """Why Xero would refuse to set these fields."""
    real = {name: value for name, value in changes.items() if getattr(invoice, name) != value}
    found = rules.edit_locked(books, invoice.issued) if real else []
    if "issued" in real:
        found += rules.locked(books, real["issued"])
    if "status" in real:
        found += _step_objections(invoice, real["status"])
    settled = bool(invoice.live_payments or invoice.allocations)
    if settled and not real.keys() <= ALWAYS_CHANGEABLE | {"status"}:
        found.append(rules.PAID_CANNOT_CHANGE)
    if total(real.get("lines", ())) < 0:
        found.append(rules.NEGATIVE_TOTAL)
    number = real.get("number")
    if number and invoice.type == "ACCREC" and number in books.sales_by_number:
        found.append(rules.NUMBER_TAKEN)
    return found


def change(books: Books, invoice: Invoice, changes: Mapping[str, Any]) -> None:
    """Set fields of an invoice. BooksRefuseError says why not.

    On a part-paid document, a new due date or sent mark does not move UpdatedDateUTC, so neither
    If-Modified-Since nor a webhook tells of it (Xero's requests-and-responses page).
    """
    found = objections_to_change(books, invoice, changes)
    if found:
        raise rules.BooksRefuseError(*found)
    changed = {name for name, value in changes.items() if getattr(invoice, name) != value}
    if not changed:
        return
    part_paid = bool(invoice.live_payments or invoice.allocations)
    for name, value in changes.items():
        setattr(invoice, name, value)
    invoice.add_up()
    _renumber(books, invoice)
    follow_balance(invoice)
    books.touch(invoice, dated=not (part_paid and changed <= {"due", "sent"}))
    books.note(
        invoice.id, "Edited" if "status" not in changed else invoice.status.capitalize(), _words(changed)
    )


def void(books: Books, invoice: Invoice) -> None:
    """Void an authorised invoice, or delete a draft."""
    change(books, invoice, {"status": "VOIDED" if invoice.status in {"AUTHORISED", "PAID"} else "DELETED"})


def next_number(books: Books) -> str:
    place = len(books.sales_by_number) + 1
    while (number := f"INV-{place:04d}") in books.sales_by_number:
        place += 1
    return number


def _become_customer(books: Books, contact: Contact, invoice: Invoice) -> None:
    """Somebody is a customer from the first sales invoice on; that does not date the contact."""
    contact.receivable.append(invoice)
    books.touch(contact, dated=False)


def _step_objections(invoice: Invoice, status: str) -> list[str]:
    if status == "VOIDED" and (invoice.live_payments or invoice.allocations):
        return [rules.CANNOT_VOID]
    if status not in STEPS.get(invoice.status, set()):
        return [f"Invoice not of valid status for modification: {invoice.status} cannot become {status}"]
    return []


def _renumber(books: Books, invoice: Invoice) -> None:
    if invoice.type == "ACCREC" and books.sales_by_number.get(invoice.number) is not invoice:
        kept = {n: i for n, i in books.sales_by_number.items() if i is not invoice}
        books.sales_by_number.clear()
        books.sales_by_number.update(kept | {invoice.number: invoice})


def _words(changed: set[str]) -> str:
    return f"Changed: {', '.join(sorted(changed))}"
