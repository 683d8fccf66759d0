"""The Ledger port: what the product asks of any ledger, in the product's own words.

Errors: `Retryable` (nothing happened, come again), `Rejected` (the ledger refused, tell the user),
`Disconnected` (ask to reconnect), `OutcomeUnknown` (a write without an answer: look before anything else).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

# The records of what is read and written are a part of the port, too: they only live in files of their own.
from app.connectors.entries import AccountRef as AccountRef
from app.connectors.entries import Arrived as Arrived
from app.connectors.entries import BookedEntry as BookedEntry
from app.connectors.entries import ChargeEntry as ChargeEntry
from app.connectors.entries import EntryKind as EntryKind
from app.connectors.entries import EntryNow as EntryNow
from app.connectors.entries import FeeEntry as FeeEntry
from app.connectors.entries import FeeStyle as FeeStyle
from app.connectors.entries import IncomeEntry as IncomeEntry
from app.connectors.entries import MadeEntry as MadeEntry
from app.connectors.entries import OverpaymentEntry as OverpaymentEntry
from app.connectors.entries import PaymentEntry as PaymentEntry
from app.connectors.entries import PaymentPart as PaymentPart
from app.connectors.entries import RefundEntry as RefundEntry
from app.connectors.entries import TaxCode as TaxCode
from app.connectors.entries import TransferEntry as TransferEntry
from app.connectors.records import AccountRecord as AccountRecord
from app.connectors.records import Application as Application
from app.connectors.records import CreditNoteRecord as CreditNoteRecord
from app.connectors.records import CustomerRecord as CustomerRecord
from app.connectors.records import DeletedRecord as DeletedRecord
from app.connectors.records import InvoiceRecord as InvoiceRecord
from app.connectors.records import OrganisationRecord as OrganisationRecord
from app.connectors.records import PaymentRecord as PaymentRecord
from app.connectors.records import PersonRecord as PersonRecord
from app.connectors.records import Record as Record


class Resource(StrEnum):
    """What is mirrored, in the order in which it is pulled: an invoice needs its customer."""

    CUSTOMERS = "customers"
    ACCOUNTS = "accounts"
    INVOICES = "invoices"
    CREDIT_NOTES = "credit_notes"
    PAYMENTS = "payments"


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
        """The living payment that `record_payment` made under `marker`; the invoice is any of its parts'."""
        ...

    def record_payment(self, entry: PaymentEntry, *, idempotency_key: str) -> BookedEntry:
        """Enter a payment. Look with `find_payment` first. Rejected: more than an invoice's balance, and an `arrived`
        that no rate of the ledger's makes exact."""
        ...

    def find_overpayment(self, *, marker: str, booked_on: date) -> BookedEntry | None:
        """The living entry that `record_overpayment` made under `marker`; its amount is the whole, used or not."""
        ...

    def record_overpayment(self, entry: OverpaymentEntry, *, idempotency_key: str) -> BookedEntry:
        """Enter a customer's money as their credit. Look with `find_overpayment` first. Rejected where the connector's
        `enters_converted` lacks it and something `arrived`."""
        ...

    def tax_codes(self) -> list[TaxCode]:
        """The codes in use that money spent can have, by name. Empty where the ledger reckons no tax on it."""
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

    def find_income(self, *, marker: str, booked_on: date) -> BookedEntry | None:
        """The living entry that `record_income` made under `marker`."""
        ...

    def record_income(self, entry: IncomeEntry, *, idempotency_key: str) -> BookedEntry:
        """Enter money that came back as money received from the customer. Look with `find_income` first."""
        ...

    def find_transfer(self, *, marker: str, booked_on: date) -> BookedEntry | None:
        """The living entry that `record_transfer` made under `marker`."""
        ...

    def record_transfer(self, entry: TransferEntry, *, idempotency_key: str) -> BookedEntry:
        """Enter a transfer between two bank accounts. Look with `find_transfer` first."""
        ...

    def find_charge(self, *, marker: str, issued_on: date) -> BookedEntry | None:
        """The living invoice that `record_charge` made under `marker`; its amount is the total, paid or not."""
        ...

    def record_charge(self, entry: ChargeEntry, *, idempotency_key: str) -> BookedEntry:
        """Enter an open invoice. Look with `find_charge` first."""
        ...

    def take_back(self, kind: EntryKind, external_id: str, *, idempotency_key: str) -> None:
        """Take an entry of ours back, so that the books are as if it had never been; a payment's invoices are open
        again. One that is gone already is no error, and what was refused under a key may be asked again under it:
        a second deletion does no harm, so that no answer is remembered.

        Rejected, in words: what is reconciled or matched with the bank, a payment in a deposit (take the deposit
        back first), a credit that an invoice has used, a charge that somebody has paid, a closed period.
        """
        ...

    def amended(self, made: Collection[MadeEntry], *, since: datetime) -> Mapping[MadeEntry, EntryNow | None]:
        """How those of these entries stand that were touched since a moment. None: deleted or voided, which is only
        said of what the ledger proves to be gone. Payments of invoices and charges are read as changes, not asked here.
        """
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
