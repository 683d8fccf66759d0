"""Payments of customers: found by their reference, entered for invoices, or for none as the customer's credit.

QuickBooks takes a payment above what its invoices owe, as a credit of the customer's. So what an invoice owes is
read right before, with the customer and the currency that the payment must have. Without an account, QuickBooks
puts the money into Undeposited Funds. The exchange rate is left to QuickBooks (assumed: it takes that of the day), but
where the money was changed before it arrived: an account takes payments of its own and of the home currency only, and
what reaches one in the home currency follows from the rate (Intuit, "Manage multiple currencies").
"""

from collections.abc import Sequence

from app.connectors.base import BookedEntry, OverpaymentEntry, PaymentEntry
from app.connectors.quickbooks import wire
from app.connectors.quickbooks.answers import unanswered
from app.connectors.quickbooks.booking_marks import note, reference, request_id
from app.connectors.quickbooks.booking_rows import arrived, booked, found, only_living, read
from app.connectors.quickbooks.booking_surroundings import Surroundings, surroundings
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.quoting import quoted
from app.connectors.rates import home_for_foreign
from app.kit.errors import NotFound, Rejected

_Body = dict[str, object]
_GONE = "The invoice no longer exists in QuickBooks. Refund the payment, or book it by hand."
_SEVERAL = (
    "QuickBooks books a payment for invoices of one customer in one currency. Enter the payment once for each "
    "customer."
)


def find_payment(client: QuickBooksClient, marker: str) -> BookedEntry | None:
    """The living payment with the marker's reference, whatever invoice a bookkeeper may have moved it to.

    Raises Rejected if there are several.
    """
    own = reference(marker)
    rows = client.query(f"select * from Payment where PaymentRefNum = {quoted(own)} maxresults 100")  # noqa: S608
    return only_living(found(rows, wire.Payment), "payment", own)


def record_payment(client: QuickBooksClient, entry: PaymentEntry, idempotency_key: str) -> BookedEntry:
    """Enter one payment. Raises Rejected if an invoice owes less than its part."""
    invoices = [_invoice(client, part.invoice_external_id) for part in entry.parts]
    return _enter(client, payment_body(entry, invoices), idempotency_key)


def record_overpayment(
    client: QuickBooksClient, entry: OverpaymentEntry, idempotency_key: str
) -> BookedEntry:
    """Enter a payment that settles nothing: all of it is the customer's credit."""
    around = surroundings(client, entry.clearing_account_external_id)
    return _enter(client, overpayment_body(entry, around), idempotency_key)


def payment_body(entry: PaymentEntry, invoices: Sequence[wire.Invoice]) -> _Body:
    """The payment as QuickBooks' JSON, for the invoices of its parts, just read. Pure.

    Raises Rejected if one of them owes too little, or if they are not one customer's.
    """
    for part, invoice in zip(entry.parts, invoices, strict=True):
        if invoice.balance is None:
            raise unanswered(is_write=False)
        if invoice.balance < part.amount:
            raise Rejected(
                f"The invoice has only {invoice.balance:f} left to pay in QuickBooks, but {part.amount:f} was "
                "paid. It may have been paid or credited meanwhile. Refund the difference, or book the payment by "
                "hand."
            )
    customer, currency = _only_payer(invoices)
    body: _Body = {
        "CustomerRef": {"value": customer},
        "TotalAmt": entry.amount,
        "TxnDate": entry.booked_on.isoformat(),
        "PaymentRefNum": reference(entry.marker),
        "PrivateNote": note(entry.marker, entry.memo),
        "Line": [
            {
                "Amount": part.amount,
                "LinkedTxn": [{"TxnId": part.invoice_external_id, "TxnType": "Invoice"}],
            }
            for part in entry.parts
        ],
    }
    if currency:
        body["CurrencyRef"] = {"value": currency}
    if entry.arrived is not None:
        body["ExchangeRate"] = home_for_foreign(entry.amount, entry.arrived)
    if entry.account_external_id is not None:
        body["DepositToAccountRef"] = {"value": entry.account_external_id}
    return body


def overpayment_body(entry: OverpaymentEntry, around: Surroundings) -> _Body:
    """A payment without lines as QuickBooks' JSON. Pure."""
    body: _Body = {
        "CustomerRef": {"value": entry.customer_external_id},
        "TotalAmt": entry.amount,
        "TxnDate": entry.booked_on.isoformat(),
        "PaymentRefNum": reference(entry.marker),
        "PrivateNote": note(entry.marker, entry.memo),
        "DepositToAccountRef": {"value": entry.clearing_account_external_id},
    }
    # A credit is in the customer's own currency, also where the account has another one.
    currency = entry.arrived.paid_in if entry.arrived else around.currency
    if currency is not None:
        body["CurrencyRef"] = {"value": currency}
    if entry.arrived is not None:
        body["ExchangeRate"] = home_for_foreign(entry.amount, entry.arrived)
    return body


def _only_payer(invoices: Sequence[wire.Invoice]) -> tuple[str, str | None]:
    """The one customer of these invoices, and their currency where the company has several."""
    payers = {(_id(invoice.customer), _id(invoice.currency)) for invoice in invoices}
    if len(payers) != 1:
        raise Rejected(_SEVERAL)
    [(customer, currency)] = payers
    if not customer:
        raise unanswered(is_write=False)
    return customer, currency


def _id(reference: wire.Reference | None) -> str | None:
    return reference.id if reference else None


def _enter(client: QuickBooksClient, body: _Body, idempotency_key: str) -> BookedEntry:
    answer = client.write("payment", body, request_id=request_id(idempotency_key))
    row = read(answer.record("Payment"), wire.Payment, is_write=True)
    return booked(row.id, row.total, arrived(row))


def _invoice(client: QuickBooksClient, external_id: str) -> wire.Invoice:
    try:
        raw = client.read(f"invoice/{external_id}").record("Invoice")
    except NotFound:
        raise Rejected(_GONE) from None
    return read(raw, wire.Invoice, is_write=False)
