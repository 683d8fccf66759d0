"""Finding what an element of a write points at: accounts, contacts, documents."""

from sandbox.xero.api.elements import Element, text_in
from sandbox.xero.books import rules
from sandbox.xero.books.books import Books
from sandbox.xero.books.records import Account, Contact, Invoice


def account_in(books: Books, reference: Element, problems: list[str]) -> Account | None:
    """The account named by AccountID or Code."""
    identity, code = text_in(reference, "AccountID"), text_in(reference, "Code")
    if identity:
        found = books.accounts.get(identity.lower())
        if found is None:
            problems.append(rules.ACCOUNT_UNKNOWN)
        return found
    if not code:
        problems.append(rules.ACCOUNT_MISSING)
        return None
    found = books.account(code)
    if found is None:
        problems.append(rules.unknown_code(code))
    return found


def invoice_in(books: Books, reference: Element, problems: list[str]) -> Invoice | None:
    """The invoice named by InvoiceID or InvoiceNumber."""
    identity = text_in(reference, "InvoiceID") or text_in(reference, "InvoiceNumber")
    found = books.invoice(identity) if identity else None
    if found is None:
        problems.append(rules.NOT_FOUND)
    return found


def contact_in(books: Books, reference: Element, problems: list[str]) -> Contact | None:
    """The contact named by ContactID or Name. An unknown name is a new contact, entered when booked."""
    identity, name = text_in(reference, "ContactID"), (text_in(reference, "Name") or "").strip()
    if identity:
        found = books.contacts.get(identity.lower())
        if found is None:
            problems.append(rules.NOT_FOUND)
    elif name:
        email = text_in(reference, "EmailAddress") or ""
        found = books.contact_named(name) or Contact(books.new_id(), name, books.moment(), email)
    else:
        found = None
        problems.append(rules.CONTACT_MISSING)
    return found
