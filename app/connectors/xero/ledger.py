"""The Ledger port over Xero's accounting API: what is read. What is written is in `booking.py` and `history.py`."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

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
from app.connectors.fields import Senseless, read_row
from app.connectors.xero import (
    booking,
    booking_charges,
    booking_transfers,
    history,
    mapping,
    taking_back,
    unapplied,
    watching,
    wire,
)
from app.connectors.xero.client import XeroClient
from app.connectors.xero.paging import PAGE_SIZE, Listing, changed_pages, in_turn
from app.connectors.xero.tax_codes import tax_codes
from app.kit.errors import NotFound, Retryable

# Keeps the address of a request well below the 2,000 characters that anything on the way may cut at.
_IDS_PER_REQUEST = 40

_LISTINGS: Mapping[Resource, Listing[Any]] = {
    Resource.CUSTOMERS: Listing(
        "Contacts", "ContactID", lambda a: a.contacts, wire.Contact, mapping.customer
    ),
    Resource.ACCOUNTS: Listing("Accounts", "AccountID", lambda a: a.accounts, wire.Account, mapping.account),
    Resource.INVOICES: Listing("Invoices", "InvoiceID", lambda a: a.invoices, wire.Invoice, mapping.invoice),
    Resource.CREDIT_NOTES: Listing(
        "CreditNotes", "CreditNoteID", lambda a: a.credit_notes, wire.CreditNote, mapping.credit_note
    ),
    Resource.PAYMENTS: Listing("Payments", "PaymentID", lambda a: a.payments, wire.Payment, mapping.payment),
}
# Money that no invoice has taken is a payment, too, and comes in lists of its own: both are short.
_BESIDE_PAYMENTS: tuple[Listing[Any], ...] = (
    Listing(
        "Overpayments", "OverpaymentID", lambda a: a.overpayments, wire.Overpayment, unapplied.overpayment
    ),
    Listing("Prepayments", "PrepaymentID", lambda a: a.prepayments, wire.Prepayment, unapplied.prepayment),
)
# Line items and payments of an invoice are not mirrored and make it ten times as heavy; Xero meters what leaves.
_PARTICULARS: Mapping[Resource, Mapping[str, str]] = {
    Resource.CUSTOMERS: {"includeArchived": "true"},
    Resource.INVOICES: {"summaryOnly": "true"},
}


class XeroLedger:
    """One organisation's books. Made per use; not shared between threads."""

    def __init__(self, client: XeroClient, *, organisation: str) -> None:
        self._client = client
        self._organisation = organisation

    def organisation(self) -> OrganisationRecord:
        answer = self._client.read("Organisation")
        if not answer.organisations:
            raise Retryable("Xero's answer about the organisation was empty. We try again by ourselves.")
        try:
            row = read_row(answer.organisations[0], wire.Organisation)
            return mapping.organisation(row, external_id=self._organisation)
        except Senseless as wrong:
            raise Retryable(f"{wrong} We ask Xero again by ourselves.") from None

    def changes(self, resource: Resource, *, since: datetime | None) -> Iterator[Page]:
        parts = [self._listed(listing, resource, since) for listing in _listings_of(resource)]
        return in_turn(parts)

    def _listed(self, listing: Listing[Any], resource: Resource, since: datetime | None) -> Iterator[Page]:
        def ask(*, order: str, page: int, since: datetime) -> wire.Answer:
            paged = {"order": order, "page": str(page), "pageSize": str(PAGE_SIZE)}
            # The chart of accounts has no pages: it comes whole.
            parameters = {} if resource is Resource.ACCOUNTS else paged
            return self._client.read(
                listing.path, {**parameters, **_PARTICULARS.get(resource, {})}, since=since
            )

        return changed_pages(ask, listing, since=since)

    def invoices(self, external_ids: Sequence[str]) -> dict[str, InvoiceRecord | None]:
        found: dict[str, InvoiceRecord | None] = {}
        for start in range(0, len(external_ids), _IDS_PER_REQUEST):
            wanted = external_ids[start : start + _IDS_PER_REQUEST]
            parameters = {
                "IDs": ",".join(wanted),
                "page": "1",
                "pageSize": str(PAGE_SIZE),
                "summaryOnly": "true",
            }
            answer = self._client.read("Invoices", parameters)
            found |= _readable(answer)
            for external_id in wanted:
                if external_id not in found and len(answer.invoices) < len(wanted):
                    found |= self._one_invoice(external_id)
        return found

    def invoice_pdf(self, external_id: str) -> bytes:
        return self._client.download(f"Invoices/{external_id}")

    def find_payment(self, *, invoice_external_id: str, marker: str) -> BookedEntry | None:
        return booking.find_payment(self._client, invoice_external_id, marker)

    def record_payment(self, entry: PaymentEntry, *, idempotency_key: str) -> BookedEntry:
        return booking.record_payment(self._client, entry, idempotency_key)

    def find_overpayment(self, *, marker: str, booked_on: date) -> BookedEntry | None:
        return booking.find_overpayment(self._client, marker, booked_on)

    def record_overpayment(self, entry: OverpaymentEntry, *, idempotency_key: str) -> BookedEntry:
        return booking.record_overpayment(self._client, entry, idempotency_key)

    def tax_codes(self) -> list[TaxCode]:
        return tax_codes(self._client)

    def find_fee(self, *, marker: str, booked_on: date, style: FeeStyle) -> BookedEntry | None:
        if style is not FeeStyle.EXPENSE:
            return None
        return booking.find_spent(self._client, marker, booked_on)

    def record_fee(self, entry: FeeEntry, *, idempotency_key: str) -> BookedEntry:
        return booking.record_fee(self._client, entry, idempotency_key)

    def find_refund(self, *, marker: str, booked_on: date) -> BookedEntry | None:
        return booking.find_spent(self._client, marker, booked_on)

    def record_refund(self, entry: RefundEntry, *, idempotency_key: str) -> BookedEntry:
        return booking.record_refund(self._client, entry, idempotency_key)

    def find_income(self, *, marker: str, booked_on: date) -> BookedEntry | None:
        return booking.find_received(self._client, marker, booked_on)

    def record_income(self, entry: IncomeEntry, *, idempotency_key: str) -> BookedEntry:
        return booking.record_income(self._client, entry, idempotency_key)

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
        return watching.amended(self._client, made, since)

    def notes(self, invoice_external_id: str) -> list[str]:
        return history.notes(self._client, invoice_external_id)

    def note(self, invoice_external_id: str, text: str, *, idempotency_key: str) -> None:
        history.note(self._client, invoice_external_id, text, idempotency_key)

    def missing(self, resource: Resource, external_ids: Sequence[str]) -> set[str]:
        if resource is Resource.INVOICES:
            return {key for key, record in self.invoices(external_ids).items() if record is None}
        return {key for key in external_ids if self._is_missing(resource, key)}

    def _is_missing(self, resource: Resource, external_id: str) -> bool:
        """Only a plain `not found` proves it: Xero keeps nearly everything, with a state."""
        for listing in reversed(_listings_of(resource)):
            try:
                self._client.read(f"{listing.path}/{external_id}")
            except NotFound:
                continue
            return False
        return True

    def _one_invoice(self, external_id: str) -> dict[str, InvoiceRecord | None]:
        """The invoice by itself: only a plain `not found` proves that it no longer exists."""
        try:
            return _readable(self._client.read(f"Invoices/{external_id}"))
        except NotFound:
            return {external_id: None}


def _listings_of(resource: Resource) -> tuple[Listing[Any], ...]:
    """The lists that make a resource, in the order in which they are read: the long one last."""
    beside = _BESIDE_PAYMENTS if resource is Resource.PAYMENTS else ()
    return (*beside, _LISTINGS[resource])


def _readable(answer: wire.Answer) -> dict[str, InvoiceRecord | None]:
    found: dict[str, InvoiceRecord | None] = {}
    for raw in answer.invoices:
        with suppress(Senseless):
            record = mapping.invoice(read_row(raw, wire.Invoice))
            if record is not None:
                found[record.external_id] = record
    return found
