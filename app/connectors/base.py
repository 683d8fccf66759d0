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
    region: str | None = None
    """State or province, ISO 3166-2 without the country, where the ledger tells one that is known."""


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
    """May stand for a processor's balance: payments can be booked to it and fees paid from it."""
    takes_fees: bool
    is_active: bool
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class AccountRef:
    """An account, by whichever of the two a ledger wants."""

    external_id: str
    code: str


class FeeStyle(StrEnum):
    """How a processor's fee stands in the books."""

    EXPENSE = "expense"
    """Money spent from the clearing account."""
    DEPOSIT = "deposit"
    """A bank deposit of the payments, gross, with a negative line for the fee: as the bank shows it."""


Record = CustomerRecord | InvoiceRecord | CreditNoteRecord | PaymentRecord | AccountRecord


@dataclass(frozen=True, slots=True)
class DeletedRecord:
    """What the ledger still tells of a record that is gone from it."""

    external_id: str
    deleted_at: datetime


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
    deleted: tuple[DeletedRecord, ...] = ()
    """Records that no longer exist in the ledger. A ledger that keeps them with a state has none."""
    is_whole: bool = False
    """Only changes were asked for, but the ledger could not tell them: all pages of this answer together hold
    every row that it has. What the mirror has beyond them may be gone (ask `missing`)."""


@dataclass(frozen=True, slots=True)
class BookedEntry:
    """An entry of ours as it stands in the ledger."""

    external_id: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PaymentEntry:
    """A payment to be entered for one invoice, in that invoice's currency."""

    invoice_external_id: str
    account_external_id: str | None
    """The clearing account. None: the ledger's place for money that a deposit will gather."""
    amount: Decimal
    booked_on: date
    marker: str
    memo: str
    """A sentence for whoever reads the entry, where the ledger has room for one."""


@dataclass(frozen=True, slots=True)
class FeeEntry:
    """A processor's fee to be entered, in the clearing account's currency."""

    style: FeeStyle
    clearing_account_external_id: str
    expense_account: AccountRef
    amount: Decimal
    booked_on: date
    marker: str
    payee: str
    description: str
    payment_external_ids: tuple[str, ...] = ()
    """The payments a deposit gathers; empty for an expense."""


@dataclass(frozen=True, slots=True)
class RefundEntry:
    """Money given back to a customer from the clearing account, in that account's currency."""

    customer_external_id: str
    clearing_account_external_id: str
    account: AccountRef
    """What the refund is booked against."""
    amount: Decimal
    booked_on: date
    marker: str
    description: str


class Ledger(Protocol):
    """One tenant's ledger, connected. Made per use by the registry; not shared between threads.

    A second write under an idempotency key, within six minutes of the first, makes no second entry. No request is
    worked on for longer than two minutes.
    """

    def organisation(self) -> OrganisationRecord:
        """Name, currency, zone and closed period."""
        ...

    def changes(self, resource: Resource, *, since: datetime | None) -> Iterator[Page]:
        """Every row changed since a moment (None: every row), in pages, none lost to edits between pages."""
        ...

    def missing(self, resource: Resource, external_ids: Sequence[str]) -> set[str]:
        """Which of these the ledger no longer has. Whatever is not sure is not missing."""
        ...

    def invoices(self, external_ids: Sequence[str]) -> Mapping[str, InvoiceRecord | None]:
        """The present state of these invoices by id. None: it no longer exists. One that makes no sense is absent."""
        ...

    def invoice_pdf(self, external_id: str) -> bytes:
        """The invoice as the ledger prints it. Raises NotFound, or Rejected where that is no PDF or a huge one."""
        ...

    def find_payment(self, *, invoice_external_id: str, marker: str) -> BookedEntry | None:
        """The living payment that `record_payment` made under `marker`."""
        ...

    def record_payment(self, entry: PaymentEntry, *, idempotency_key: str) -> BookedEntry:
        """Enter a payment. Look with `find_payment` first. More than the invoice's balance is Rejected."""
        ...

    def void_payment(self, external_id: str, *, idempotency_key: str) -> None:
        """Take a payment back, so that its invoices are open again. One that is gone already is no error."""
        ...

    def find_fee(self, *, marker: str, booked_on: date, style: FeeStyle) -> BookedEntry | None:
        """The living entry that `record_fee` made under `marker`; its amount is the fee."""
        ...

    def record_fee(self, entry: FeeEntry, *, idempotency_key: str) -> BookedEntry:
        """Enter a fee. Look with `find_fee` first. Styles other than the connector's own are Rejected."""
        ...

    def find_refund(self, *, marker: str, booked_on: date) -> BookedEntry | None:
        """The living entry that `record_refund` made under `marker`."""
        ...

    def record_refund(self, entry: RefundEntry, *, idempotency_key: str) -> BookedEntry:
        """Enter a refund as money spent to the customer. Look with `find_refund` first."""
        ...

    def notes(self, invoice_external_id: str) -> list[str]:
        """The texts in the invoice's history; none where the connector keeps no notes."""
        ...

    def note(self, invoice_external_id: str, text: str, *, idempotency_key: str) -> None:
        """Add a text to the invoice's history. Look with `notes` first. Rejected where no notes are kept."""
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
