"""Finding what a body points at. Unknown: 2500; made inactive: 610."""

from sandbox.quickbooks.api.bodies import Body
from sandbox.quickbooks.books import rules
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.records import Account, Customer, Item, Vendor


def customer_in(books: Books, body: Body, name: str = "CustomerRef") -> Customer:
    """The customer that must be named."""
    identity = body.reference(name)
    if not identity:
        raise rules.missing(name)
    if identity not in books.customers:
        raise rules.bad_reference("Names", identity)
    return books.customers[identity]


def account_in(books: Books, body: Body, name: str) -> Account | None:
    """The account that may be named."""
    identity = body.reference(name)
    if not identity:
        return None
    if identity not in books.accounts:
        raise rules.bad_reference("Accounts", identity)
    return books.accounts[identity]


def needed_account(books: Books, body: Body, name: str) -> Account:
    account = account_in(books, body, name)
    if account is None:
        raise rules.missing(name)
    return account


def item_in(books: Books, body: Body) -> Item:
    """The item that may be named; the first one otherwise (assumed)."""
    identity = body.reference("ItemRef")
    item = books.items.get(identity) if identity else next(iter(books.items.values()))
    if item is None:
        raise rules.bad_reference("Items", identity)
    rules.check_active(item)
    return item


def party_in(books: Books, body: Body, name: str) -> Vendor | Customer | None:
    """The vendor or customer that may be named; a `type` given beside the id must be its own."""
    identity, kind = body.reference(name), body.part(name).text("type")
    if not identity:
        return None
    party = books.vendors.get(identity) or books.customers.get(identity)
    if party is None or kind not in {"", party.entity}:
        raise rules.bad_reference("Names", identity)
    return party
