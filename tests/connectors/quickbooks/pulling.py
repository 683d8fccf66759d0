"""A mirror of the plainest kind, kept by pulls as the sync keeps its own, and the judge's view of the same books."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.connectors.base import (
    CreditNoteRecord,
    CustomerRecord,
    InvoiceRecord,
    Page,
    PaymentRecord,
    Record,
    Resource,
)
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.ledger import QuickBooksLedger
from app.models import InvoiceState
from tests.sandbox.quickbooks.client import QuickBooksApp

_STATES = {"AUTHORISED": InvoiceState.OPEN, "PAID": InvoiceState.PAID, "VOIDED": InvoiceState.VOIDED}


@dataclass
class PlainMirror:
    """Rows by resource and id, and where the next pull begins."""

    client: QuickBooksClient
    realm_id: str
    rows: dict[Resource, dict[str, Record]] = field(default_factory=lambda: {r: {} for r in Resource})
    cursors: dict[Resource, datetime] = field(default_factory=dict)
    whole: list[Resource] = field(default_factory=list)
    """What the last pull was given whole instead of its changes."""
    row_count: int = 0
    """Rows that the last pull was given."""

    def pull(self) -> None:
        """As the sync pulls: the company, then each resource in its order, with a ledger made for it."""
        ledger = QuickBooksLedger(self.client, organisation=self.realm_id)
        ledger.organisation()
        self.whole, self.row_count = [], 0
        for resource in Resource:
            pages = list(ledger.changes(resource, since=self.cursors.get(resource)))
            for page in pages:
                self._take(resource, page)
            if any(page.is_whole for page in pages):
                self.whole.append(resource)
                self._drop_missing(ledger, resource, pages)

    def _take(self, resource: Resource, page: Page) -> None:
        assert page.left_out == ()
        self.row_count += page.row_count
        for row in page.rows:
            known = self.rows[resource].get(row.external_id)
            if known is None or known.changed_at <= row.changed_at:
                self.rows[resource][row.external_id] = row
        for gone in page.deleted:
            self.rows[resource].pop(gone.external_id, None)
        if page.complete_until is not None:
            self.cursors[resource] = page.complete_until

    def _drop_missing(self, ledger: QuickBooksLedger, resource: Resource, pages: list[Page]) -> None:
        told = {row.external_id for page in pages for row in page.rows}
        for gone in ledger.missing(resource, sorted(self.rows[resource].keys() - told)):
            del self.rows[resource][gone]

    def figures(self) -> dict[str, Any]:
        """What is compared with the judge."""
        return {
            "customers": {r.external_id: (r.name, r.is_active) for r in self._of(CustomerRecord)},
            "invoices": {
                r.external_id: (r.number, r.customer_external_id, r.state, r.total, r.amount_due, r.due_on)
                for r in self._of(InvoiceRecord)
            },
            "credits": {
                r.external_id: (r.customer_external_id, r.total, r.remaining)
                for r in self._of(CreditNoteRecord)
            },
            "payments": {
                (r.external_id, part.invoice_external_id): (part.amount, r.amount)
                for r in self._of(PaymentRecord)
                for part in r.applied
                if not r.is_deleted
            },
            "unapplied": {
                r.external_id: r.unapplied for r in self._of(PaymentRecord) if not r.is_deleted and r.amount
            },
        }

    def _of(self, kind: type[Any]) -> list[Any]:
        return [row for rows in self.rows.values() for row in rows.values() if isinstance(row, kind)]


def judged(company: QuickBooksApp) -> dict[str, Any]:
    """The same figures as they stand in the books."""
    books = company.sandbox.get("/control/quickbooks/ledger").json()
    payments = [row for row in books["payments"] if row["status"] == "AUTHORISED"]
    return {
        "customers": {row["id"]: (row["name"], row["status"] == "ACTIVE") for row in books["contacts"]},
        "invoices": {
            row["id"]: (
                row["number"],
                row["contact_id"],
                _STATES[row["status"]],
                Decimal(row["total"]),
                Decimal(row["amount_due"]),
                datetime.fromisoformat(row["due"]).date(),
            )
            for row in books["invoices"]
        },
        "credits": {
            row["id"]: (row["contact_id"], Decimal(row["total"]), Decimal(row["remaining"]))
            for row in books["credit_notes"]
        },
        "payments": {
            (row["id"], row["invoice_id"]): (Decimal(row["amount"]), Decimal(row["total"]))
            for row in payments
            if row["invoice_id"]
        },
        "unapplied": {row["id"]: Decimal(row["unapplied"]) for row in payments if Decimal(row["total"])},
    }
