"""Money spent from the clearing account: a fee to the processor, a refund to a customer. Both are Purchases."""

from app.connectors.base import BookedEntry, FeeEntry, RefundEntry
from app.connectors.quickbooks.booking_marks import note, reference, request_id
from app.connectors.quickbooks.booking_rows import Purchase, booked, found, only_living, read
from app.connectors.quickbooks.booking_surroundings import Surroundings, surroundings
from app.connectors.quickbooks.booking_vendors import vendor_id
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.quoting import quoted

_Body = dict[str, object]


def find_spent(client: QuickBooksClient, marker: str) -> BookedEntry | None:
    """The living entry with the marker's reference as its number. Raises Rejected if there are several."""
    own = reference(marker)
    rows = client.query(f"select * from Purchase where DocNumber = {quoted(own)} maxresults 100")  # noqa: S608
    return only_living(found(rows, Purchase), "expense", own)


def record_fee(client: QuickBooksClient, entry: FeeEntry, idempotency_key: str) -> BookedEntry:
    """Enter a fee as an expense, paid to the processor."""
    around = surroundings(client, entry.clearing_account_external_id)
    supplier = vendor_id(client, entry.payee, around.currency, idempotency_key)
    return _spend(client, fee_body(entry, supplier, around), idempotency_key)


def record_refund(client: QuickBooksClient, entry: RefundEntry, idempotency_key: str) -> BookedEntry:
    """Enter a refund as money spent to the customer."""
    around = surroundings(client, entry.clearing_account_external_id)
    return _spend(client, refund_body(entry, around), idempotency_key)


def fee_body(entry: FeeEntry, supplier: str, around: Surroundings) -> _Body:
    """A fee as QuickBooks' JSON. Pure."""
    return {
        **_spent(entry, around),
        "EntityRef": {"value": supplier, "type": "Vendor"},
        "Line": [_line(entry, entry.expense_account.external_id)],
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


def _spend(client: QuickBooksClient, body: _Body, idempotency_key: str) -> BookedEntry:
    answer = client.write("purchase", body, request_id=request_id(idempotency_key))
    row = read(answer.record("Purchase"), Purchase, is_write=True)
    return booked(row.id, row.total)
