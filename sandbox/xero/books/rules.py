"""What the books refuse, in Xero's words where they are known.

Callers classify refusals by these texts, so they must stay as they are. Texts marked "assumed" were not
found written down anywhere.
"""

from datetime import date

from sandbox.xero.books.books import Books
from sandbox.xero.books.records import Account

OVERPAID = "Payment amount exceeds the amount outstanding on this document"
NOT_AUTHORISED = "Payments can only be made against Authorised documents"
NOT_FOUND = "The document with the supplied id was not found for this endpoint."
ACCOUNT_MISSING = "Account must be valid"
ACCOUNT_UNKNOWN = "Account could not be found"
ACCOUNT_TAKES_NO_PAYMENTS = "Account type is invalid for making a payment to/from"
NOT_POSITIVE = "Amount must be greater than zero"  # assumed
RATE_NEEDED = (
    "A currency rate is required to pay this document from an account in another currency"  # assumed
)
CURRENCIES_DIFFER = "The currency of the account cannot be used to pay this document"  # assumed
CONTACT_MISSING = (
    "The Contact must contain at least 1 of the following elements to identify the contact: "
    "Name, ContactID, ContactNumber"
)
CONTACT_ARCHIVED = "The contact is archived and cannot be used"  # assumed
NEW_STATUS = "A new invoice must be DRAFT, SUBMITTED or AUTHORISED"  # assumed
CURRENCY_UNKNOWN = "The organisation is not subscribed to currency"
DUE_BEFORE_ISSUED = "The due date cannot be before the invoice date"  # assumed
NEGATIVE_TOTAL = "The document total cannot be negative"  # assumed
NOT_A_BANK = "The bank account must be an account of type BANK"  # assumed
SAME_ACCOUNT = "A transfer must be between two different bank accounts"  # assumed
TRANSFER_CURRENCIES = "A transfer must be between bank accounts of the same currency"  # assumed
RECONCILED = "This transaction cannot be deleted as it has been reconciled"  # assumed
USED = "This document cannot be deleted as it has a payment or an allocation"  # assumed
NUMBER_TAKEN = "Invoice # must be unique."
CANNOT_VOID = "This document cannot be voided as payments or credits have been applied to it"  # assumed
PAID_CANNOT_CHANGE = (
    "This document cannot be edited as it has a payment or credit note allocated to it."  # assumed
)


class BooksRefuseError(ValueError):
    """The change would make the books unsound; `messages` are Xero's words for why."""

    def __init__(self, *messages: str) -> None:
        self.messages = list(messages)
        super().__init__("; ".join(messages))


def locked(books: Books, day: date) -> list[str]:
    """Whether a document may carry this date; the end of year lock is named before the period lock."""
    return [f"The document date cannot be before the {lock}" for lock in _locks(books, day)][:1]


def edit_locked(books: Books, day: date) -> list[str]:
    """Whether a document of this date may still be changed."""
    edited = "The document cannot be edited as it is currently dated before the"
    return [f"{edited} {lock}" for lock in _locks(books, day)][:1]


def _locks(books: Books, day: date) -> list[str]:
    """The locks that cover a day, as the messages name them."""
    locks = (("end of year", books.end_of_year_lock_date), ("period", books.period_lock_date))
    return [
        f"{kind} lock date, currently set at {lock.day} {lock:%B %Y}"
        for kind, lock in locks
        if lock and day <= lock
    ]


def archived(account: Account) -> list[str]:
    return [f"Account code '{account.code}' has been archived"] if account.status == "ARCHIVED" else []


def unknown_code(code: str) -> str:
    return f"Account code '{code}' is not a valid code for this document."
