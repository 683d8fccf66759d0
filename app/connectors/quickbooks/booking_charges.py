"""Something new that a customer owes: an invoice with one line, without tax.

QuickBooks cannot search private notes, and an invoice's number is what the customer reads. So an invoice of ours is
found among those of its day by its note. Where the company numbers by hand it gets a short number of ours, elsewhere
QuickBooks gives the next one (developer.intuit.com, Invoice: `DocNumber` and `CustomTxnNumbers`).
"""

import base64
import hashlib
from datetime import date

from app.connectors.base import BookedEntry, ChargeEntry
from app.connectors.places import country_code
from app.connectors.quickbooks import wire
from app.connectors.quickbooks.asking import asked
from app.connectors.quickbooks.booking_items import item_id
from app.connectors.quickbooks.booking_marks import note, request_id
from app.connectors.quickbooks.booking_rows import booked, found, of_day, read
from app.connectors.quickbooks.booking_surroundings import Surroundings
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.quoting import quoted
from app.kit.errors import Rejected

_NUMBER = "LF-"
_NO_CUSTOMER = "The customer is no longer active in QuickBooks. Make it active again, then press Try again."


def find_charge(client: QuickBooksClient, marker: str, issued_on: date) -> BookedEntry | None:
    """The invoice of that day with the marker in its note. What is voided has no amount left.

    Raises Rejected if there are several.
    """
    rows = [
        row for row in of_day(client, wire.Invoice, issued_on) if row.total and marker in (row.note or "")
    ]
    if len(rows) > 1:
        raise Rejected(
            f"QuickBooks has {len(rows)} invoices with the note {marker}, but there must be only one. Void all but "
            "one of them in QuickBooks, then press Try again."
        )
    return next((booked(row.id, row.total) for row in rows), None)


def record_charge(client: QuickBooksClient, entry: ChargeEntry, idempotency_key: str) -> BookedEntry:
    """Enter one invoice. Raises Rejected if customer or account is inactive, or the account is none of income."""
    around, numbers_by_hand = _surroundings(client, entry.customer_external_id)
    item = item_id(client, entry.income_account.external_id, idempotency_key)
    number = short_number(entry.marker) if numbers_by_hand else None
    body = charge_body(entry, item, around, number=number)
    answer = client.write("invoice", body, request_id=request_id(idempotency_key))
    row = read(answer.record("Invoice"), wire.Invoice, is_write=True)
    return booked(row.id, row.total)


def charge_body(
    entry: ChargeEntry, item: str, around: Surroundings, *, number: str | None
) -> dict[str, object]:
    """The invoice as QuickBooks' JSON. Pure.

    In the US a line says that it is not taxed, elsewhere the whole document does.
    """
    detail: dict[str, object] = {"ItemRef": {"value": item}, "Qty": 1, "UnitPrice": entry.amount}
    if around.is_american:
        detail["TaxCodeRef"] = {"value": "NON"}
    line = {
        "Amount": entry.amount,
        "Description": entry.description,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
    }
    numbered = {"DocNumber": number} if number else {}
    return {
        "CustomerRef": {"value": entry.customer_external_id},
        "TxnDate": entry.issued_on.isoformat(),
        "DueDate": entry.due_on.isoformat(),
        "PrivateNote": note(entry.marker, entry.description),
        "Line": [line],
        **numbered,
        **around.common(),
    }


def short_number(marker: str) -> str:
    """A number for the customer to read, always the same for a marker; 40 bits are enough beside a name. Pure."""
    return _NUMBER + base64.b32encode(hashlib.sha256(marker.encode()).digest()).decode()[:8]


def _surroundings(client: QuickBooksClient, customer: str) -> tuple[Surroundings, bool]:
    """The customer's currency, the company's country, and whether the company numbers its documents by hand."""
    customers, company, preferences = asked(
        client,
        [
            f"select * from Customer where Id = {quoted(customer)}",  # noqa: S608
            "select * from CompanyInfo",
            "select * from Preferences",
        ],
    )
    rows = found(customers, wire.Customer)
    if not rows:
        raise Rejected(_NO_CUSTOMER)
    currency = rows[0].currency
    countries = [country_code(row.country or "") for row in found(company, wire.CompanyInfo)]
    forms = [row.sales_forms for row in found(preferences, wire.Preferences) if row.sales_forms is not None]
    return (
        Surroundings(currency.id if currency else None, countries == ["US"]),
        any(form.numbers_by_hand for form in forms),
    )
