"""The Ledger port: what the product asks of any ledger, in the product's own words.

Errors: `Retryable` (nothing happened, come again), `Rejected` (the ledger refused, tell the user),
`Disconnected` (ask to reconnect), `OutcomeUnknown` (a write without an answer: look before anything else).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from app.models import InvoiceState


class Resource(StrEnum):
    """What is mirrored, in the order in which it is pulled: an invoice needs its customer."""

    CUSTOMERS = "customers"
    ACCOUNTS = "accounts"
    INVOICES = "invoices"
    CREDIT_NOTES = "credit_notes"
    PAYMENTS = "payments"


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
class PaymentRecord:
    """A payment of a sales invoice, whoever entered it."""

    external_id: str
    invoice_external_id: str | None
    currency: str
    amount: Decimal
    paid_on: date
    reference: str
    is_deleted: bool
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An account of the chart. `kind` is `bank`, `expense` or `other`; only banks have a currency."""

    external_id: str
    code: str
    name: str
    kind: str
    currency: str | None
    takes_payments: bool
    is_active: bool
    changed_at: datetime


Record = CustomerRecord | InvoiceRecord | CreditNoteRecord | PaymentRecord | AccountRecord


@dataclass(frozen=True, slots=True)
class Page:
    """Some changed rows. `expected` is the ledger's own count for the whole pull, if it tells one.

    Everything changed before `complete_until` has been handed over, so a pull that is cut short after this page,
    or the next one, may start there. None: nothing can be said yet.
    """

    rows: Sequence[Record]
    row_count: int
    """How many rows the ledger handed over for the first time, those left out or of no interest included."""
    expected: int | None
    complete_until: datetime | None
    left_out: tuple[str, ...] = ()
    """Rows that make no sense, as a sentence each: they are told, and never stop the rest."""


@dataclass(frozen=True, slots=True)
class BookedEntry:
    """An entry of ours as it stands in the ledger."""

    external_id: str
    amount: Decimal


class Ledger(Protocol):
    """One tenant's ledger, connected. Made per use by the registry; not shared between threads."""

    def organisation(self) -> OrganisationRecord:
        """Name, currency, zone and closed period."""
        ...

    def changes(self, resource: Resource, *, since: datetime | None) -> Iterator[Page]:
        """Every row changed since a moment (None: every row), in pages, none lost to edits between pages."""
        ...

    def invoices(self, external_ids: Sequence[str]) -> Mapping[str, InvoiceRecord | None]:
        """The present state of these invoices by id. None: it no longer exists. One that makes no sense is absent."""
        ...

    def find_payment(self, *, invoice_external_id: str, marker: str) -> BookedEntry | None:
        """A live payment on the invoice whose reference holds `marker`."""
        ...

    def record_payment(
        self,
        *,
        invoice_external_id: str,
        account_external_id: str,
        amount: Decimal,
        booked_on: date,
        marker: str,
        idempotency_key: str,
    ) -> BookedEntry:
        """Enter a payment in the invoice's currency. Look with `find_payment` first."""
        ...

    def find_fee(self, *, marker: str, booked_on: date) -> BookedEntry | None:
        """A live fee entry whose reference holds `marker`."""
        ...

    def record_fee(
        self,
        *,
        bank_account_external_id: str,
        expense_account_code: str,
        amount: Decimal,
        booked_on: date,
        marker: str,
        payee: str,
        description: str,
        idempotency_key: str,
    ) -> BookedEntry:
        """Enter a processor's fee as money spent from the clearing account, in that account's currency."""
        ...

    def notes(self, invoice_external_id: str) -> list[str]:
        """The texts in the invoice's history."""
        ...

    def note(self, invoice_external_id: str, text: str, *, idempotency_key: str) -> None:
        """Add a text to the invoice's history. Look with `notes` first."""
        ...


@dataclass(frozen=True, slots=True)
class ChangeNotice:
    """One event of a ledger's webhook: a hint that a record changed, nothing more (law 3)."""

    external_key: str
    """The same for the same event delivered again."""
    organisation: str
    resource: str
    record: str


class ForgedWebhook(Exception):
    """The signature does not fit the body."""
