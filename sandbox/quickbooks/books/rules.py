"""What the books refuse, by Intuit's codes.

Callers classify by the code. The codes and short messages are those of Intuit's table of errors; details
are worded here, and rules marked "assumed" were not found written down anywhere.
"""

from datetime import date
from decimal import Decimal

from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.money import fits
from sandbox.quickbooks.books.records import Account, ListRecord, Payment, Record, SalesDocument, Transaction

LONGEST_NUMBER = 21
LONGEST_NOTE = 4000
LONGEST_NAME = 500
MONEY_ACCOUNTS = ("Bank", "Other Current Asset")
NO_EXPENSES = ("Accounts Receivable", "Accounts Payable")


class Refused(ValueError):
    """The change would make the books unsound, or names what is not there."""

    def __init__(self, code: str, message: str, detail: str, element: str = "") -> None:
        self.code, self.message, self.detail, self.element = code, message, detail, element
        super().__init__(f"{message}: {detail} ({code})")


def not_found(entity: str, identity: str) -> Refused:
    """Unknown and deleted records alike."""
    detail = f"Object Not Found : There is no {entity} {identity}; it may have been deleted."
    return Refused("610", "Object Not Found", detail)


def inactive(entity: str, name: str) -> Refused:
    detail = f"Object Not Found : {entity} {name} has been made inactive."
    return Refused("610", "Object Not Found", detail)


def bad_reference(what: str, identity: str) -> Refused:
    return Refused(
        "2500", "Invalid Reference Id", f"Invalid Reference Id : {what} element id {identity} not found"
    )


def missing(name: str) -> Refused:
    detail = f"Required parameter {name} is missing in the request"
    return Refused(
        "2020", "Required param missing, need to supply the required value for the API", detail, name
    )


def bad_property(name: str, why: str) -> Refused:
    return Refused("2010", "Request has invalid or unsupported property", f"{name}: {why}", name)


def unsound(why: str) -> Refused:
    return Refused("6000", "A business validation error has occurred while processing your request", why)


def wrong_account(account: Account) -> Refused:
    detail = f"Invalid account type: {account.name} is of type {account.type}, which cannot be used here."
    return Refused("6430", "Invalid account type", detail)


def check_fresh(record: Record, sync_token: str) -> None:
    """A change must name the version that it changes."""
    if sync_token != str(record.sync_token):
        detail = f"Stale Object Error : {record.entity} {record.id} was changed meanwhile; read it again."
        raise Refused("5010", "Stale Object Error", detail)


def check_open(books: Books, day: date) -> None:
    """Nothing dated on or before the closing date may come, change or go."""
    closed = books.book_close_date
    if closed is None or day > closed:
        return
    if books.closing_password:
        detail = f"Account period closed, password needed : the books are closed through {closed}."
        raise Refused("6210", "Account Period Closed, Password needed", detail)
    detail = f"Account Period Closed : the books are closed through {closed}."
    raise Refused("6200", "Account Period Closed", detail)


def check_unmatched(record: Transaction) -> None:
    """What is matched with the bank keeps its money (the message and its words are assumed)."""
    if record.matched:
        detail = (
            f"Matched transaction cannot be changed : {record.entity} {record.id} is matched with the bank."
        )
        raise Refused("6480", "Matched transaction cannot be changed", detail)


def check_undeposited(payment: Payment) -> None:
    """Money that was brought to the bank must be taken out of the deposit first."""
    if payment.deposit is not None:
        detail = f"Deposited Transaction cannot be changed : it is part of deposit {payment.deposit.id}."
        raise Refused("6540", "Deposited Transaction cannot be changed", detail)


def check_lengths(number: str, note: str, name: str = "DocNumber") -> None:
    for field, text, longest in ((name, number, LONGEST_NUMBER), ("PrivateNote", note, LONGEST_NOTE)):
        check_length(field, text, longest)


def check_length(field: str, text: str, longest: int) -> None:
    if len(text) > longest:
        detail = f"String length specified does not match the supported length. Max allowed: {longest}"
        raise Refused("2050", "String length is either shorter or longer than supported", detail, field)


def check_amount(amount: Decimal, currency: str, *, negative: bool = False) -> None:
    """Assumed: an amount with more decimals than its currency is refused rather than rounded."""
    if not fits(amount, currency):
        raise unsound(f"The amount {amount} has more decimals than {currency} has.")
    if amount < 0 and not negative:
        raise unsound("Transaction amount must be 0 or greater.")


def check_active(record: ListRecord) -> None:
    if not record.active:
        raise inactive(record.entity, record.name)


def check_money_account(books: Books, account: Account, currency: str) -> None:
    """Money goes to bank and other current asset accounts in the home or its own currency."""
    check_active(account)
    if account.type not in MONEY_ACCOUNTS:
        raise wrong_account(account)
    if account.currency not in {currency, books.home_currency}:
        raise unsound(f"The account {account.name} is in {account.currency}, the transaction in {currency}.")


def check_currency(books: Books, currency: str) -> None:
    if currency != books.home_currency and not books.multicurrency:
        raise unsound(f"The company does not use several currencies, so {currency} cannot be used.")


def check_name_free(books: Books, name: str, besides: ListRecord | None = None) -> None:
    """Display names are unique across customers and vendors, whatever their case."""
    taken = books.party_named(name)
    if taken is not None and taken is not besides:
        detail = f"The name supplied already exists. : {taken.entity} {taken.id} is called {taken.name}."
        raise Refused("6240", "Duplicate Name Exists Error", detail)


def check_number_free(books: Books, document: SalesDocument) -> None:
    """Numbers may repeat unless the company wants to be warned of it."""
    if not books.warns_of_repeated_numbers or not document.number:
        return
    others = books.transactions(document.entity).values()
    if any(other.number == document.number and other is not document for other in others):
        detail = f"Duplicate Document Number Error : {document.number} is used already."
        raise Refused("6140", "Duplicate Document Number Error", detail)


def check_not_voided(record: Transaction) -> None:
    """Assumed: a voided transaction can be deleted, but neither changed nor voided again."""
    if record.voided:
        raise unsound(f"{record.entity} {record.id} is voided and cannot be changed.")
