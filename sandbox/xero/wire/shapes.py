"""The shapes of Xero's records, by how much of them a call gets to see.

Lists without `page` are lighter: no line items. `summaryOnly` also leaves out what is attached to a
document. Sources: XeroAPI/Xero-OpenAPI 16.1.0 and Xero's requests-and-responses page.
"""

from enum import StrEnum

from sandbox.xero.books.records import (
    ONE,
    BankTransaction,
    BankTransfer,
    CreditNote,
    Document,
    HistoryRecord,
    Invoice,
    Payment,
)
from sandbox.xero.wire.dates import date_string, moment_string, written_date, written_moment
from sandbox.xero.wire.embedded import (
    SIX_PLACES,
    Shape,
    account_reference,
    allocation,
    contact_reference,
    credit_on_invoice,
    invoice_reference,
    lines,
    payment_on_invoice,
)

NO_ID = "00000000-0000-0000-0000-000000000000"


class Depth(StrEnum):
    """How much of a record an answer shows."""

    SUMMARY = "summary"
    LIGHT = "light"
    PAGED = "paged"
    SINGLE = "single"


def invoice(record: Invoice, depth: Depth) -> Shape:
    """An invoice. Only a call for a single one carries the whole contact; that needs `contact_shapes`."""
    shape = _document_head(record) | {
        "InvoiceID": record.id,
        "InvoiceNumber": record.number,
        "Reference": record.reference,
        "AmountDue": record.amount_due,
        "AmountPaid": record.amount_paid,
        "AmountCredited": record.amount_credited,
        "DueDateString": date_string(record.due),
        "DueDate": written_date(record.due),
        "SentToContact": record.sent,
        "IsDiscounted": False,
        "HasAttachments": False,
        "HasErrors": False,
        "UpdatedDateUTCString": moment_string(record.updated),
    }
    if record.settled:
        shape["FullyPaidOnDate"] = written_date(record.settled)
    if record.expected:
        shape["ExpectedPaymentDate"] = written_date(record.expected)
    if record.url:
        shape["Url"] = record.url
    if depth is Depth.SUMMARY:
        return shape
    return shape | {
        "Payments": [payment_on_invoice(payment) for payment in record.live_payments],
        "CreditNotes": [credit_on_invoice(allocation) for allocation in record.allocations],
        "Prepayments": [],
        "Overpayments": [],
        "LineItems": [] if depth is Depth.LIGHT else lines(record),
    }


def credit_note(record: CreditNote, depth: Depth) -> Shape:
    shape = _document_head(record) | {
        "CreditNoteID": record.id,
        "ID": record.id,
        "CreditNoteNumber": record.number,
        "Reference": record.reference,
        "RemainingCredit": record.remaining,
        "SentToContact": False,
        "HasAttachments": False,
        "HasErrors": False,
        "UpdatedDateUTCString": moment_string(record.updated),
        "Payments": [],
        "Allocations": [allocation(part) for part in record.allocations],
        "LineItems": [] if depth is Depth.LIGHT else lines(record),
    }
    if record.status == "PAID":
        days = [part.allocated for part in record.allocations]
        shape["FullyPaidOnDate"] = written_date(max(days, default=record.issued))
    return shape


def bank_transaction(record: BankTransaction, depth: Depth) -> Shape:
    credit = {"OverpaymentID": record.overpayment_id} if record.overpayment_id else {}
    return (
        _document_head(record)
        | credit
        | {
            "BankTransactionID": record.id,
            "BankAccount": account_reference(record.account),
            "Reference": record.reference,
            "IsReconciled": record.is_reconciled,
            "HasAttachments": False,
            "LineItems": [] if depth is Depth.LIGHT else lines(record),
        }
    )


def bank_transfer(record: BankTransfer) -> Shape:
    """A transfer. The two bank transactions that Xero makes of one are not modelled, nor told."""
    return {
        "BankTransferID": record.id,
        "CreatedDateUTC": written_moment(record.created),
        "CreatedDateUTCString": moment_string(record.created),
        "DateString": date_string(record.moved),
        "Date": written_date(record.moved),
        "Status": record.status,
        "FromBankAccount": account_reference(record.source),
        "ToBankAccount": account_reference(record.target),
        "Amount": record.amount,
        "FromIsReconciled": record.is_reconciled,
        "ToIsReconciled": record.is_reconciled,
        "Reference": record.reference,
        "CurrencyRate": ONE.quantize(SIX_PLACES),
        "HasAttachments": False,
        "FromTracking": [],
        "ToTracking": [],
        "ValidationErrors": [],
    }


def payment(record: Payment, depth: Depth) -> Shape:
    """A payment; the invoice on it is whole only where a single payment is answered."""
    whole = depth is Depth.SINGLE
    on = invoice(record.invoice, Depth.PAGED) if whole else invoice_reference(record.invoice)
    return {
        "PaymentID": record.id,
        "Date": written_date(record.paid),
        "BankAmount": record.bank_amount,
        "Amount": record.amount,
        "Reference": record.reference,
        "CurrencyRate": record.rate.quantize(SIX_PLACES),
        "PaymentType": record.type,
        "Status": record.status,
        "UpdatedDateUTC": written_moment(record.updated),
        "UpdatedDateUTCString": moment_string(record.updated),
        "HasAccount": True,
        "IsReconciled": record.is_reconciled,
        "Account": account_reference(record.account),
        "Invoice": on,
        "HasValidationErrors": False,
    }


def history_record(record: HistoryRecord) -> Shape:
    return {
        "Changes": record.changes,
        "DateUTCString": moment_string(record.at),
        "DateUTC": written_moment(record.at),
        "User": record.user,
        "Details": record.details,
    }


def _document_head(record: Document) -> Shape:
    return {
        "Type": record.type,
        "Contact": contact_reference(record),
        "DateString": date_string(record.issued),
        "Date": written_date(record.issued),
        "Status": record.status,
        "LineAmountTypes": record.line_amount_types,
        "SubTotal": record.subtotal,
        "TotalTax": record.total_tax,
        "Total": record.total,
        "UpdatedDateUTC": written_moment(record.updated),
        "CurrencyCode": record.currency,
        "CurrencyRate": record.rate.quantize(SIX_PLACES),
    }
