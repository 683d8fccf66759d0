"""The shapes of invoices, credit memos, refund receipts and payments.

Field names are those of python-quickbooks' records; sources of behaviour are named in the README.
"""

from decimal import Decimal

from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.money import rounded
from sandbox.quickbooks.books.records import (
    CreditMemo,
    Customer,
    Invoice,
    Payment,
    PaymentLine,
    RefundReceipt,
    SalesDocument,
)
from sandbox.quickbooks.wire.parts import (
    Shape,
    linked_payments,
    reference,
    sales_lines,
    transaction_head,
    written_moment,
)


def invoice(books: Books, record: Invoice) -> Shape:
    return _sales(books, record) | {
        "DueDate": record.due.isoformat(),
        "Balance": record.balance,
        "Deposit": 0,
        "AllowIPNPayment": False,
        "AllowOnlinePayment": False,
        "AllowOnlineCreditCardPayment": False,
        "AllowOnlineACHPayment": False,
        "LinkedTxn": linked_payments(record),
    }


def credit_memo(books: Books, record: CreditMemo) -> Shape:
    return _sales(books, record) | {
        "Balance": record.balance,
        "RemainingCredit": record.balance,
        "LinkedTxn": linked_payments(record),
    }


def refund_receipt(books: Books, record: RefundReceipt) -> Shape:
    shape = _sales(books, record) | {
        "DepositToAccountRef": reference(record.account),
        "Balance": Decimal(0),
    }
    return shape | ({"PaymentRefNum": record.reference} if record.reference else {})


def payment(books: Books, record: Payment) -> Shape:
    """A payment. One that was brought to the bank is linked to its deposit."""
    shape = transaction_head(books, record) | {
        "CustomerRef": reference(record.customer),
        "DepositToAccountRef": {"value": record.account.id},
        "TotalAmt": record.total,
        "UnappliedAmt": record.unapplied,
        "ProcessPayment": False,
        "Line": [_payment_line(line) for line in record.lines],
        "LinkedTxn": [{"TxnId": record.deposit.id, "TxnType": "Deposit"}] if record.deposit else [],
    }
    if record.number:
        shape["PaymentRefNum"] = record.number
    if record.method:
        shape["PaymentMethodRef"] = {"value": record.method}
    return shape


def _payment_line(line: PaymentLine) -> Shape:
    linked = [{"TxnId": line.document.id, "TxnType": line.document.entity}]
    facts = {"txnId": line.document.id, "txnReferenceNumber": line.document.number}
    extra = [{"name": f"{{urn:qbo}}{name}", "value": value} for name, value in facts.items()]
    return {"Amount": line.amount, "LinkedTxn": linked, "LineEx": {"any": extra}}


def _sales(books: Books, record: SalesDocument) -> Shape:
    shape = transaction_head(books, record) | {
        "DocNumber": record.number,
        "CustomerRef": reference(record.customer),
        "BillAddr": _address(record.customer),
        "Line": sales_lines(books, record),
        "TxnTaxDetail": {"TotalTax": record.tax},
        "TotalAmt": record.total,
        "ApplyTaxAfterDiscount": False,
        "PrintStatus": "NeedToPrint",
        "EmailStatus": record.email_status,
        "CustomField": [],
    }
    if books.multicurrency:
        shape["HomeTotalAmt"] = rounded(record.total * record.rate, books.home_currency)
    if record.bill_email:
        shape["BillEmail"] = {"Address": record.bill_email}
    if record.bill_copies:
        shape["BillEmailCc"] = {"Address": record.bill_copies}
    if record.bill_hidden_copies:
        shape["BillEmailBcc"] = {"Address": record.bill_hidden_copies}
    if record.emailed:
        shape["DeliveryInfo"] = {
            "DeliveryType": "Email",
            "DeliveryTime": written_moment(books, record.emailed),
        }
    return shape


def _address(customer: Customer) -> Shape:
    shape = {"Line1": customer.company_name or customer.name}
    if customer.city:
        shape["City"] = customer.city
    if customer.country:
        shape["Country"] = customer.country
    return shape
