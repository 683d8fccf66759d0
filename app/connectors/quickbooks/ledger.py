"""The Ledger port over QuickBooks' API: what is read. What is written is in `booking.py`."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from app.connectors.base import (
    BookedEntry,
    FeeEntry,
    FeeStyle,
    InvoiceRecord,
    OrganisationRecord,
    Page,
    PaymentEntry,
    RefundEntry,
    Resource,
)
from app.connectors.quickbooks import booking
from app.connectors.quickbooks.changes import Changes
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.company import Company
from app.connectors.quickbooks.named import invoices_named, missing_of
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

    def find_payment(self, *, invoice_external_id: str, marker: str) -> BookedEntry | None:
        return booking.find_payment(self._client, invoice_external_id, marker)

    def record_payment(self, entry: PaymentEntry, *, idempotency_key: str) -> BookedEntry:
        return booking.record_payment(self._client, entry, idempotency_key)

    def void_payment(self, external_id: str, *, idempotency_key: str) -> None:
        booking.void_payment(self._client, external_id, idempotency_key)

    def find_fee(self, *, marker: str, booked_on: date, style: FeeStyle) -> BookedEntry | None:
        return booking.find_fee(self._client, marker, booked_on, style)

    def record_fee(self, entry: FeeEntry, *, idempotency_key: str) -> BookedEntry:
        return booking.record_fee(self._client, entry, idempotency_key)

    def find_refund(self, *, marker: str, booked_on: date) -> BookedEntry | None:
        return booking.find_refund(self._client, marker, booked_on)

    def record_refund(self, entry: RefundEntry, *, idempotency_key: str) -> BookedEntry:
        return booking.record_refund(self._client, entry, idempotency_key)

    def notes(self, invoice_external_id: str) -> list[str]:  # noqa: ARG002 (an invoice has no history)
        return []

    def note(self, invoice_external_id: str, text: str, *, idempotency_key: str) -> None:  # noqa: ARG002
        raise Rejected("QuickBooks keeps no history that an app can write to.")
