"""Payments of invoices: found by their reference, entered for one invoice, voided.

QuickBooks takes a payment above what its invoice owes, as a credit of the customer's. So what the invoice owes is
read right before, with the customer and the currency that the payment must have. Without an account, QuickBooks
puts the money into Undeposited Funds. The exchange rate is left to QuickBooks (assumed: it takes that of the day).
"""

from app.connectors.base import BookedEntry, PaymentEntry
from app.connectors.quickbooks import wire
from app.connectors.quickbooks.answers import NOT_FOUND, Refused, Stale, unanswered
from app.connectors.quickbooks.booking_marks import note, reference, request_id
from app.connectors.quickbooks.booking_rows import booked, found, only_living, read
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.quoting import quoted
from app.kit.errors import NotFound, Rejected

_GONE = "The invoice no longer exists in QuickBooks. Refund the payment, or book it by hand."


def find_payment(client: QuickBooksClient, marker: str) -> BookedEntry | None:
    """The living payment with the marker's reference, whatever invoice a bookkeeper may have moved it to.

    Raises Rejected if there are several.
    """
    own = reference(marker)
    rows = client.query(f"select * from Payment where PaymentRefNum = {quoted(own)} maxresults 100")  # noqa: S608
    return only_living(found(rows, wire.Payment), "payment", own)


def record_payment(client: QuickBooksClient, entry: PaymentEntry, idempotency_key: str) -> BookedEntry:
    """Enter one payment. Raises Rejected if the invoice owes less than the amount."""
    body = payment_body(entry, _invoice(client, entry))
    answer = client.write("payment", body, request_id=request_id(idempotency_key))
    row = read(answer.record("Payment"), wire.Payment, is_write=True)
    return booked(row.id, row.total)


def payment_body(entry: PaymentEntry, invoice: wire.Invoice) -> dict[str, object]:
    """The payment as QuickBooks' JSON, for an invoice just read. Pure. Raises Rejected if it owes too little."""
    if invoice.customer is None or not invoice.customer.id or invoice.balance is None:
        raise unanswered(is_write=False)
    if invoice.balance < entry.amount:
        raise Rejected(
            f"The invoice has only {invoice.balance:f} left to pay in QuickBooks, but {entry.amount:f} was paid. "
            "It may have been paid or credited meanwhile. Refund the difference, or book the payment by hand."
        )
    linked = {"TxnId": entry.invoice_external_id, "TxnType": "Invoice"}
    body: dict[str, object] = {
        "CustomerRef": {"value": invoice.customer.id},
        "TotalAmt": entry.amount,
        "TxnDate": entry.booked_on.isoformat(),
        "PaymentRefNum": reference(entry.marker),
        "PrivateNote": note(entry.marker, entry.memo),
        "Line": [{"Amount": entry.amount, "LinkedTxn": [linked]}],
    }
    if invoice.currency is not None and invoice.currency.id:
        body["CurrencyRef"] = {"value": invoice.currency.id}
    if entry.account_external_id is not None:
        body["DepositToAccountRef"] = {"value": entry.account_external_id}
    return body


def void_payment(client: QuickBooksClient, payment: str, idempotency_key: str) -> None:
    """Take a payment back. One that is voided or gone is left alone; one changed meanwhile is read again, once.

    Raises Rejected if it is part of a bank deposit: the deposit comes first, and that is the bookkeeper's.
    """
    try:
        _void(client, payment, idempotency_key)
    except Stale:
        _void(client, payment, idempotency_key)


def _void(client: QuickBooksClient, payment: str, idempotency_key: str) -> None:
    try:
        row = read(client.read(f"payment/{payment}").record("Payment"), wire.Payment, is_write=False)
    except NotFound:
        return
    if not row.total:
        return
    body = {"Id": payment, "SyncToken": row.sync_token, "sparse": True}
    step = request_id(idempotency_key, f"void {row.sync_token}")
    how = {"operation": "update", "include": "void"}
    try:
        client.write("payment", body, parameters=how, request_id=step)
    except Refused as refused:
        if refused.code != NOT_FOUND:
            raise


def _invoice(client: QuickBooksClient, entry: PaymentEntry) -> wire.Invoice:
    try:
        raw = client.read(f"invoice/{entry.invoice_external_id}").record("Invoice")
    except NotFound:
        raise Rejected(_GONE) from None
    return read(raw, wire.Invoice, is_write=False)
