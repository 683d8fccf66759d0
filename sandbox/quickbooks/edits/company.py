"""Edits of customers, accounts and the closing date, and the end of the connection."""

from datetime import date

from sandbox.quickbooks.books import parties
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.records import Account, Customer
from sandbox.quickbooks.state import QuickBooksState


def change_email(books: Books, customer: Customer, email: str) -> Customer:
    """Write other addresses (with commas between) into a customer; none if empty."""
    return parties.set_email(books, customer, email)


def change_further_emails(books: Books, customer: Customer, further: list[str]) -> Customer:
    """Write other addresses behind the customer's first one: QuickBooks knows no people beside them."""
    own = customer.email.split(",")[0].strip()
    return parties.set_email(books, customer, ", ".join(one for one in (own, *further) if one))


def change_phone(books: Books, customer: Customer, phone: str) -> Customer:
    """Write another telephone number into a customer; none if empty."""
    return parties.revise(books, customer, customer.name, active=customer.active, phone=phone)


def change_address(books: Books, customer: Customer, region: str, country: str) -> Customer:
    """Write another state and country into a customer's billing address; whatever people write there."""
    facts = {"region": region, "country": country}
    return parties.revise(books, customer, customer.name, active=customer.active, **facts)


def set_region(books: Books, region: str) -> None:
    """The state of the company's own address."""
    books.region = region


def set_country(books: Books, country: str) -> None:
    """The company's own country, which decides on its taxes."""
    books.country = country


def rename_contact(books: Books, customer: Customer, name: str) -> Customer:
    """Documents show the new name at once, and none of them is dated."""
    return parties.rename(books, customer, name)


def merge_contacts(books: Books, loser: Customer, winner: Customer) -> Customer:
    """Make two customers one; documents move to the winner, and none of them is dated."""
    return parties.merge_customers(books, loser, winner)


def archive_contact(books: Books, customer: Customer) -> Customer:
    """Make a customer inactive."""
    return parties.deactivate_customer(books, customer)


def archive_account(books: Books, account: Account) -> Account:
    """Make an account inactive."""
    return parties.deactivate_account(books, account) if account.active else account


def set_lock_date(books: Books, day: date | None, *, password: bool = False) -> None:
    """Close the books up to and including a day, or open them; with a password the refusal is another."""
    books.book_close_date, books.closing_password = day, password


def disconnect(state: QuickBooksState, organisation: str | None = None) -> int:
    """Somebody removes the app in QuickBooks: its tokens are dead. How many connections ended.

    `organisation` is a realm id or a name; the main company if none is given.
    """
    wanted = organisation or state.main.realm_id
    found = next((b for b in state.companies.values() if wanted in {b.realm_id, b.name}), None)
    if found is None:
        raise LookupError(f"there is no organisation {organisation}")
    return state.grants.end_realm(found.realm_id, state.clock.now())
