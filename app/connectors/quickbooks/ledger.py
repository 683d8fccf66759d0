"""The Ledger port over QuickBooks' API: what is read. What is written is in the files of booking."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime

from app.connectors.base import (
    BookedEntry,
    ChargeEntry,
    EntryKind,
    EntryNow,
    FeeEntry,
    FeeStyle,
    IncomeEntry,
    InvoiceRecord,
    MadeEntry,
    OrganisationRecord,
    OverpaymentEntry,
    Page,
    PaymentEntry,
    RefundEntry,
    Resource,
    TaxCode,
    TransferEntry,
)
from app.connectors.quickbooks import (
    booking_charges,
    booking_deposits,
    booking_expenses,
    booking_fees,
    booking_payments,
    booking_transfers,
    taking_back,
    watching,
)
from app.connectors.quickbooks.changes import Changes
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.company import Company
from app.connectors.quickbooks.named import invoices_named, missing_of
from app.connectors.quickbooks.tax_codes import tax_codes
from app.kit.errors import Rejected


class QuickBooksLedger:
    """One company's books. Made per use; not shared between threads."""

    def __init__(self, client: QuickBooksClient, *, organisation: str) -> None:
        self._client = client
        self._company = Company(client, organisation)
        self._changes = Changes(client, self._company)

    def organisation(self) -> OrganisationRecord:
        return self._company.read()

    def changes(self, resource: Resource, *, since: datetime | None) -> Iterator[Page]:
        return self._changes.pages(resource, since)

    def missing(self, resource: Resource, external_ids: Sequence[str]) -> set[str]:
        return missing_of(self._client, resource, external_ids)

    def invoices(self, external_ids: Sequence[str]) -> dict[str, InvoiceRecord | None]:
        return invoices_named(self._client, self._company, external_ids)

    def invoice_pdf(self, external_id: str) -> bytes:
        return self._client.download(f"invoice/{external_id}/pdf")

    def find_payment(self, *, invoice_external_id: str, marker: str) -> BookedEntry | None:  # noqa: ARG002
        return booking_payments.find_payment(self._client, marker)

    def record_payment(self, entry: PaymentEntry, *, idempotency_key: str) -> BookedEntry:
        return booking_payments.record_payment(self._client, entry, idempotency_key)

    def find_overpayment(self, *, marker: str, booked_on: date) -> BookedEntry | None:  # noqa: ARG002
        return booking_payments.find_payment(self._client, marker)

    def record_overpayment(self, entry: OverpaymentEntry, *, idempotency_key: str) -> BookedEntry:
        return booking_payments.record_overpayment(self._client, entry, idempotency_key)

    def tax_codes(self) -> list[TaxCode]:
        return tax_codes(self._client)

    def find_fee(self, *, marker: str, booked_on: date, style: FeeStyle) -> BookedEntry | None:
        return booking_fees.find_fee(self._client, marker, booked_on, style)

    def record_fee(self, entry: FeeEntry, *, idempotency_key: str) -> BookedEntry:
        return booking_fees.record_fee(self._client, entry, idempotency_key)

    def find_refund(self, *, marker: str, booked_on: date) -> BookedEntry | None:  # noqa: ARG002
        return booking_expenses.find_spent(self._client, marker)

    def record_refund(self, entry: RefundEntry, *, idempotency_key: str) -> BookedEntry:
        return booking_expenses.record_refund(self._client, entry, idempotency_key)

    def find_income(self, *, marker: str, booked_on: date) -> BookedEntry | None:
        return booking_deposits.find_income(self._client, marker, booked_on)

    def record_income(self, entry: IncomeEntry, *, idempotency_key: str) -> BookedEntry:
        return booking_deposits.record_income(self._client, entry, idempotency_key)

    def find_transfer(self, *, marker: str, booked_on: date) -> BookedEntry | None:
        return booking_transfers.find_transfer(self._client, marker, booked_on)

    def record_transfer(self, entry: TransferEntry, *, idempotency_key: str) -> BookedEntry:
        return booking_transfers.record_transfer(self._client, entry, idempotency_key)

    def find_charge(self, *, marker: str, issued_on: date) -> BookedEntry | None:
        return booking_charges.find_charge(self._client, marker, issued_on)

    def record_charge(self, entry: ChargeEntry, *, idempotency_key: str) -> BookedEntry:
        return booking_charges.record_charge(self._client, entry, idempotency_key)

    def take_back(self, kind: EntryKind, external_id: str, *, idempotency_key: str) -> None:
        taking_back.take_back(self._client, kind, external_id, idempotency_key)

    def amended(self, made: Collection[MadeEntry], *, since: datetime) -> dict[MadeEntry, EntryNow | None]:
        return watching.amended(self._client, self._company, made, since)

    def notes(self, invoice_external_id: str) -> list[str]:  # noqa: ARG002 (an invoice has no history)
        return []

    def note(self, invoice_external_id: str, text: str, *, idempotency_key: str) -> None:  # noqa: ARG002
        raise Rejected("QuickBooks keeps no history that an app can write to.")
