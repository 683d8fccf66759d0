"""What a sandbox company is made of: plain frozen values, written to and read from JSON files.

Records point at each other by the names that people use: an invoice names its contact, a payment its
account by code or by name, an allocation its invoice's number. Amounts are
decimals in the document's currency.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

LONDON = "Europe/London"
DocumentStatus = Literal["DRAFT", "SUBMITTED", "AUTHORISED", "VOIDED", "DELETED"]


class Value(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Base of all values of a company; a file with an unknown field is refused, not half understood."""


class User(Value, frozen=True):
    """Somebody who can sign in to the stand-in and connect the company."""

    first_name: str
    last_name: str
    email: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Account(Value, frozen=True):
    """An account of the chart; `code` may be empty, as it mostly is in QuickBooks.

    `currency` only for bank accounts; `type` and `system` in Xero's words.
    """

    code: str
    name: str
    type: str
    currency: str | None = None
    takes_payments: bool = False
    status: Literal["ACTIVE", "ARCHIVED"] = "ACTIVE"
    system: str | None = None
    tax_type: str = "NONE"


class Person(Value, frozen=True):
    """A further person at a contact; copied in on e-mails when `included`."""

    first_name: str
    last_name: str
    email: str
    included: bool = True


class Contact(Value, frozen=True):
    """A customer or supplier. `name` is unique among a company's contacts."""

    name: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    city: str = ""
    country: str = ""
    persons: tuple[Person, ...] = ()
    currency: str | None = None
    terms_days: int | None = None
    status: Literal["ACTIVE", "ARCHIVED"] = "ACTIVE"
    updated: datetime | None = None


class Line(Value, frozen=True):
    """A line of a document; `unit_amount` is before tax."""

    description: str
    unit_amount: Decimal
    quantity: Decimal = Decimal(1)
    account: str = "200"
    tax_type: str = "NONE"


class Payment(Value, frozen=True):
    """Money seen in the ledger for one invoice. `rate` is units of the invoice's currency per base unit."""

    amount: Decimal
    paid: date
    account: str
    reference: str = ""
    rate: Decimal | None = None
    deleted: bool = False


class Invoice(Value, frozen=True):
    """A sales invoice (ACCREC) or a supplier's bill (ACCPAY). Whether it is paid follows from its payments."""

    number: str
    contact: str
    issued: date
    due: date
    currency: str
    lines: tuple[Line, ...]
    type: Literal["ACCREC", "ACCPAY"] = "ACCREC"
    status: DocumentStatus = "AUTHORISED"
    reference: str = ""
    rate: Decimal | None = None
    payments: tuple[Payment, ...] = ()
    sent: bool = True
    updated: datetime | None = None


class Allocation(Value, frozen=True):
    """The part of a credit note that settles one invoice."""

    invoice: str
    amount: Decimal
    allocated: date


class CreditNote(Value, frozen=True):
    """A sales credit note; what is not allocated stays open."""

    number: str
    contact: str
    issued: date
    currency: str
    lines: tuple[Line, ...]
    status: DocumentStatus = "AUTHORISED"
    reference: str = ""
    rate: Decimal | None = None
    allocations: tuple[Allocation, ...] = ()
    updated: datetime | None = None


class Company(Value, frozen=True):
    """One organisation with its books and the people who can connect it.

    `key` tells companies of the same name apart: another key, other ids in the ledger. `timezone` is
    an IANA name.
    `as_of` is the day on which the company was written down: when set, loading moves every date so that
    this day becomes today. Real history (a CSV import) leaves it empty and is never moved.
    """

    name: str
    base_currency: str
    users: tuple[User, ...]
    accounts: tuple[Account, ...]
    contacts: tuple[Contact, ...]
    invoices: tuple[Invoice, ...]
    credit_notes: tuple[CreditNote, ...] = ()
    key: str = ""
    legal_name: str = ""
    country: str = "GB"
    timezone: str = LONDON
    period_lock_date: date | None = None
    end_of_year_lock_date: date | None = None
    as_of: date | None = None

    @property
    def account_by_reference(self) -> dict[str, Account]:
        """Accounts by what lines and payments may call them: their code or their name; codes come first."""
        named = {account.name: account for account in self.accounts}
        return named | {account.code: account for account in self.accounts if account.code}
