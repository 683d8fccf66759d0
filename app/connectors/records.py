"""What is read of a ledger: one record for each kind of row, in the product's own words.

Amounts are in units of the currency (12.34), days are days of the organisation's own zone, moments are in UTC.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.models import InvoiceState


@dataclass(frozen=True, slots=True)
class OrganisationRecord:
    """The organisation whose books these are."""

    external_id: str
    name: str
    base_currency: str
    country_code: str
    time_zone: str
    """IANA name; vendors' own zone names are translated by the adapter."""
    lock_date: date | None
    short_code: str | None
    region: str | None = None
    """State or province, ISO 3166-2 without the country, where the ledger tells one that is known."""


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A further person at a customer. No ledger gives people an id: the address tells them apart, else the name."""

    name: str
    email: str
    is_written_to: bool
    """Whether the ledger itself sends them what it sends to the customer."""


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """A customer with the addresses to write to, best first."""

    external_id: str
    name: str
    first_name: str | None
    emails: tuple[str, ...]
    phone: str | None
    is_active: bool
    merged_into: str | None
    changed_at: datetime
    country_code: str | None = None
    """ISO 3166-1 alpha-2, of the address that bills go to, if it names a country that is known."""
    region: str | None = None
    """Its state or province, ISO 3166-2 without the country, if that is known."""
    people: tuple[PersonRecord, ...] = ()
    """Whom the ledger names beside the customer itself, each once."""


@dataclass(frozen=True, slots=True)
class InvoiceRecord:
    """A sales invoice as the ledger has it. Bills of suppliers are left out by the adapter."""

    external_id: str
    number: str
    reference: str
    customer_external_id: str
    customer_name: str
    state: InvoiceState
    currency: str
    total: Decimal
    amount_due: Decimal
    amount_paid: Decimal
    amount_credited: Decimal
    issued_on: date
    due_on: date
    settled_on: date | None
    changed_at: datetime
    last_emailed_at: datetime | None = None
    """When the ledger itself last mailed it to the customer. None: never, or the ledger does not tell."""
    copies: tuple[str, ...] = ()
    """Who gets a copy of its mails, and says so."""
    hidden_copies: tuple[str, ...] = ()
    """Who gets a copy that the others do not see."""


@dataclass(frozen=True, slots=True)
class CreditNoteRecord:
    """A credit to a customer and what is left of it."""

    external_id: str
    number: str
    customer_external_id: str
    customer_name: str
    state: InvoiceState
    currency: str
    total: Decimal
    remaining: Decimal
    issued_on: date
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Application:
    """The part of a payment that settles one invoice."""

    invoice_external_id: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PaymentRecord:
    """A payment of a customer, whoever entered it, with the invoices it settles."""

    external_id: str
    customer_external_id: str | None
    currency: str
    amount: Decimal
    unapplied: Decimal
    """What is left of it for the customer's other invoices."""
    applied: tuple[Application, ...]
    paid_on: date
    reference: str
    is_deleted: bool
    """Deleted or voided: it settles nothing."""
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An account of the chart. `kind` is `bank`, `expense` or `other`; only banks have a currency."""

    external_id: str
    code: str
    """Its number; empty where the business uses none."""
    name: str
    kind: str
    currency: str | None
    takes_payments: bool
    """May stand for a processor's balance: payments can be booked to it, fees paid from it, and money moved between it
    and another such account of its currency. So a payout may arrive in it, too."""
    takes_fees: bool
    takes_refunds: bool
    """Money given back may be booked against it, and money that came back."""
    takes_income: bool
    """What a customer is charged beside goods and services may be booked to it: late fees, surcharges."""
    is_active: bool
    changed_at: datetime


Record = CustomerRecord | InvoiceRecord | CreditNoteRecord | PaymentRecord | AccountRecord


@dataclass(frozen=True, slots=True)
class DeletedRecord:
    """What the ledger still tells of a record that is gone from it."""

    external_id: str
    deleted_at: datetime
