"""Something new that a customer owes: a sales invoice with one line. Xero numbers it as it numbers its own."""

from datetime import date
from decimal import Decimal

from msgspec import field

from app.connectors.base import BookedEntry, ChargeEntry
from app.connectors.xero import bodies, wire
from app.connectors.xero.booking_rows import Candidate, booked, listed, marked, on_day
from app.connectors.xero.client import XeroClient
from app.connectors.xero.written import only_row


class Charge(wire.Entry):
    """A sales invoice that we have entered."""

    id: str | None = field(name="InvoiceID", default=None)
    total: Decimal | None = field(name="Total", default=None)
    amount_paid: Decimal | None = field(name="AmountPaid", default=None)
    amount_credited: Decimal | None = field(name="AmountCredited", default=None)

    @property
    def is_settled(self) -> bool:
        """Whether money or a credit is on it, be it for a part."""
        return bool(self.amount_paid or self.amount_credited)


def find_charge(client: XeroClient, marker: str, issued_on: date) -> BookedEntry | None:
    """A sales invoice of that day with `marker` in its reference that nobody has voided, with its total."""
    where = f'Type=="{bodies.SALES_INVOICE}" AND {on_day(issued_on)}'
    rows = listed(client, "Invoices", where, lambda answer: answer.invoices, Charge)
    return marked((Candidate(row.id, row.total, row.reference, row.status) for row in rows), marker)


def record_charge(client: XeroClient, entry: ChargeEntry, idempotency_key: str) -> BookedEntry:
    """Enter one invoice, approved."""
    body = {"Invoices": [bodies.charge(entry)]}
    answer = client.write("Invoices", body, idempotency_key=idempotency_key)
    row = only_row(answer.invoices, Charge)
    return booked(row.id, row.total, row.faults)
