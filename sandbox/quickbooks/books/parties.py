"""Customers, vendors, accounts and items: adding, renaming, merging and making them inactive."""

from typing import Any, TypeVar

from sandbox.quickbooks.books import rules
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.records import Account, Customer, Item, Vendor

GONE = " (deleted)"  # what QuickBooks puts behind the name of an inactive record
INCOME = ("Income", "Other Income")
LONGEST_ITEM_NAME = 100
P = TypeVar("P", Customer, Vendor)


def create_customer(books: Books, name: str, **facts: Any) -> Customer:
    """A new customer; its currency can never change. Other facts by the names they have in the record."""
    _check_new_name(books, name)
    rules.check_currency(books, facts.setdefault("currency", books.home_currency))
    customer = Customer(name=name, **_identity(books, "Customer"), **facts)
    if customer.parent is not None:
        customer.parent.jobs.append(customer)
    return books.add(customer)


def create_vendor(books: Books, name: str, *, currency: str | None = None, email: str = "") -> Vendor:
    """A new supplier. Its name must differ from every customer's, too."""
    _check_new_name(books, name)
    currency = currency or books.home_currency
    rules.check_currency(books, currency)
    return books.add(Vendor(name=name, currency=currency, email=email, **_identity(books, "Vendor")))


def create_account(
    books: Books, name: str, kind: str, subtype: str, *, currency: str | None = None, number: str = ""
) -> Account:
    """A new account of the chart; names are unique among accounts."""
    rules.check_length("Name", name, 100)
    if any(account.name.casefold() == name.casefold() for account in books.accounts.values()):
        detail = f"The name supplied already exists. : another account is called {name}."
        raise rules.Refused("6240", "Duplicate Name Exists Error", detail)
    currency = currency or books.home_currency
    rules.check_currency(books, currency)
    facts = _identity(books, "Account")
    return books.add(
        Account(name=name, type=kind, subtype=subtype, currency=currency, number=number, **facts)
    )


def create_item(books: Books, name: str, income: Account) -> Item:
    """A new service; names are unique among items, and have no colon (it divides categories)."""
    rules.check_length("Name", name, LONGEST_ITEM_NAME)
    if ":" in name:
        raise rules.bad_property("Name", "a colon divides categories")
    rules.check_active(income)
    if income.type not in INCOME:
        raise rules.wrong_account(income)
    if any(item.name.casefold() == name.casefold() for item in books.items.values()):
        detail = f"The name supplied already exists. : another item is called {name}."
        raise rules.Refused("6240", "Duplicate Name Exists Error", detail)
    return books.add(Item(name=name, currency=books.home_currency, income=income, **_identity(books, "Item")))


def rename(books: Books, party: P, name: str) -> P:
    """Give a customer or vendor another display name. Documents show it at once and are not dated."""
    return revise(books, party, name, active=party.active)


def set_email(books: Books, customer: Customer, email: str) -> Customer:
    """Write other addresses (with commas between), or none. Invoices keep the address they were raised with."""
    return revise(books, customer, customer.name, active=customer.active, email=email)


def deactivate_customer(books: Books, customer: Customer) -> Customer:
    """Make a customer inactive: it is hidden from lists and cannot be used any more."""
    return revise(books, customer, customer.name, active=False)


def deactivate_account(books: Books, account: Account) -> Account:
    """Make an account inactive: nothing can be booked to it any more."""
    account.active = False
    account.name = f"{account.name}{GONE}"
    for record in (*books.purchases.values(), *books.deposits.values(), *books.refund_receipts.values()):
        books.undated(record)
    books.touch(account)
    return account


def revise(books: Books, party: P, name: str, *, active: bool, **facts: Any) -> P:
    """Change a customer or vendor in one step; other facts by the names they have in the record.

    Who is made inactive gets a mark behind its name, which is free for others from then on; who is taken
    back into use gets its old name again.
    """
    if active != party.active:
        name = _without_mark(name) if active else _free_name(books, name)
    rules.check_length("DisplayName", name, rules.LONGEST_NAME)
    rules.check_name_free(books, name, party)
    party.name, party.active = name, active
    for field, value in facts.items():
        setattr(party, field, value)
    _reads_differently(books, party)
    books.touch(party)
    return party


def merge_customers(books: Books, loser: Customer, winner: Customer) -> Customer:
    """Make two customers one: all of the loser's documents become the winner's, and none of them is dated.

    The loser becomes inactive. `merged` is told with the winner's id (assumed); the loser is dated only.
    """
    if loser is winner or not winner.active or loser.currency != winner.currency:
        raise rules.unsound("Only two different customers of one currency can be merged, into an active one.")
    for name in ("invoices", "credit_memos", "payments", "refund_receipts"):
        documents = getattr(loser, name)
        getattr(winner, name).extend(documents)
        setattr(loser, name, [])
        for document in documents:
            document.customer = winner
            books.undated(document)
    for job in loser.jobs:
        job.parent = winner
        books.undated(job)
    winner.jobs, loser.jobs = [*winner.jobs, *loser.jobs], []
    for purchase in books.purchases.values():
        if purchase.payee is loser:
            purchase.payee = winner
            books.undated(purchase)
    loser.merged_into = winner.id
    if loser.active:
        loser.active, loser.name = False, _free_name(books, loser.name)
        _reads_differently(books, loser)
    loser.sync_token += 1
    loser.updated = max(books.moment(), loser.updated)
    books.undated(loser)
    books.touch(winner, "merged")
    return winner


def _free_name(books: Books, name: str) -> str:
    """The name with the mark of an inactive record, as often as it takes to be nobody else's."""
    marked = f"{name}{GONE}"
    while books.party_named(marked) is not None:
        marked += GONE
    return marked


def _without_mark(name: str) -> str:
    while name.endswith(GONE):
        name = name.removesuffix(GONE)
    return name


def _reads_differently(books: Books, party: Customer | Vendor) -> None:
    """A party's name is shown on its documents, which are not dated when it changes."""
    if isinstance(party, Customer):
        for document in (
            *party.invoices,
            *party.credit_memos,
            *party.payments,
            *party.refund_receipts,
            *party.jobs,
        ):
            books.undated(document)
    for purchase in books.purchases.values():
        if purchase.payee is party:
            books.undated(purchase)
    for deposit in books.deposits.values():
        if any(line.party is party for line in deposit.lines):
            books.undated(deposit)


def _check_new_name(books: Books, name: str) -> None:
    if not name:
        raise rules.missing("DisplayName")
    rules.check_length("DisplayName", name, rules.LONGEST_NAME)
    rules.check_name_free(books, name)


def _identity(books: Books, entity: str) -> dict[str, Any]:
    moment = books.moment()
    return {"id": books.new_id(entity), "created": moment, "updated": moment}
