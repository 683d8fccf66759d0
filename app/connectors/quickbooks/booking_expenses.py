"""Money spent from the clearing account: a fee to the processor, a refund to a customer. Both are Purchases."""

from decimal import Decimal

from app.connectors.base import BookedEntry, FeeEntry, RefundEntry
from app.connectors.quickbooks.booking_marks import note, reference, request_id
from app.connectors.quickbooks.booking_rows import Purchase, booked, found, only_living, read
from app.connectors.quickbooks.booking_surroundings import Surroundings, surroundings
from app.connectors.quickbooks.booking_vendors import vendor_id
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.quoting import quoted
from app.connectors.quickbooks.tax_codes import net_of, percent_of

_Body = dict[str, object]


def find_spent(client: QuickBooksClient, marker: str) -> BookedEntry | None:
    """The living entry with the marker's reference as its number. Raises Rejected if there are several."""
    own = reference(marker)
    rows = client.query(f"select * from Purchase where DocNumber = {quoted(own)} maxresults 100")  # noqa: S608
    return only_living(found(rows, Purchase), "expense", own)


def record_fee(client: QuickBooksClient, entry: FeeEntry, idempotency_key: str) -> BookedEntry:
    """Enter a fee as an expense, paid to the processor."""
    around = surroundings(client, entry.clearing_account_external_id)
    percent = percent_of(client, entry.tax_code) if entry.tax_code else None
    supplier = vendor_id(client, entry.payee, around.currency, idempotency_key)
    return _spend(client, fee_body(entry, supplier, around, percent), idempotency_key)


def record_refund(client: QuickBooksClient, entry: RefundEntry, idempotency_key: str) -> BookedEntry:
    """Enter a refund as money spent to the customer."""
    around = surroundings(client, entry.clearing_account_external_id)
    return _spend(client, refund_body(entry, around), idempotency_key)


def fee_body(entry: FeeEntry, supplier: str, around: Surroundings, percent: Decimal | None = None) -> _Body:
    """A fee as QuickBooks' JSON, with the per cents of its tax code. Pure."""
    line, reckoned = _line(entry, entry.expense_account.external_id), {}
    if percent is not None:
        line, reckoned = _taxed(entry, percent), {"GlobalTaxCalculation": "TaxInclusive"}
    return {
        **_spent(entry, around),
        **reckoned,
        "EntityRef": {"value": supplier, "type": "Vendor"},
        "Line": [line],
    }


def refund_body(entry: RefundEntry, around: Surroundings) -> _Body:
    """A refund as QuickBooks' JSON. Pure."""
    return {
        **_spent(entry, around),
        "EntityRef": {"value": entry.customer_external_id, "type": "Customer"},
        "Line": [_line(entry, entry.account.external_id)],
    }


def _spent(entry: FeeEntry | RefundEntry, around: Surroundings) -> _Body:
    return {
        "PaymentType": "Cash",
        "AccountRef": {"value": entry.clearing_account_external_id},
        "TxnDate": entry.booked_on.isoformat(),
        "DocNumber": reference(entry.marker),
        "PrivateNote": note(entry.marker, entry.description),
        **around.common(),
    }


def _line(entry: FeeEntry | RefundEntry, account: str) -> _Body:
    return {
        "Amount": entry.amount,
        "Description": entry.description,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}},
    }


def _taxed(entry: FeeEntry, percent: Decimal) -> _Body:
    """A line tells the net amount, and beside its tax code the gross one, which must come out (assumed).

    Whatever comes out is read back: an entry that differs from the fee by a cent is told to the bookkeeper.
    """
    detail = {
        "AccountRef": {"value": entry.expense_account.external_id},
        "TaxCodeRef": {"value": entry.tax_code},
        "TaxInclusiveAmt": entry.amount,
    }
    return {
        **_line(entry, entry.expense_account.external_id),
        "Amount": net_of(entry.amount, percent),
        "AccountBasedExpenseLineDetail": detail,
    }


def _spend(client: QuickBooksClient, body: _Body, idempotency_key: str) -> BookedEntry:
    answer = client.write("purchase", body, request_id=request_id(idempotency_key))
    row = read(answer.record("Purchase"), Purchase, is_write=True)
    return booked(row.id, row.total)
