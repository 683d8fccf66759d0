"""Invoices, credit memos and refund receipts as the API reads them."""

from typing import Any

from sandbox.quickbooks.api.bodies import Body
from sandbox.quickbooks.api.references import account_in, customer_in, item_in
from sandbox.quickbooks.books import rules
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.invoicing import (
    SalesOrder,
    give_refund,
    raise_credit_memo,
    raise_invoice,
    update_invoice,
)
from sandbox.quickbooks.books.money import ZERO, rounded
from sandbox.quickbooks.books.records import CreditMemo, Invoice, RefundReceipt, SalesLine


def create_invoice(books: Books, body: Body) -> Invoice:
    return raise_invoice(books, _order(books, body))


def create_credit_memo(books: Books, body: Body) -> CreditMemo:
    return raise_credit_memo(books, _order(books, body))


def create_refund(books: Books, body: Body) -> RefundReceipt:
    return give_refund(books, _order(books, body))


def update(books: Books, invoice: Invoice, body: Body) -> Invoice:
    """What a full update leaves out is emptied; dates and numbers cannot be, and stay."""
    changes: dict[str, Any] = {
        "dated": body.day("TxnDate") or invoice.dated,
        "due": body.day("DueDate") or invoice.due,
        "number": body.text("DocNumber") or invoice.number,
    }
    if body.said("CustomerRef"):
        changes["customer"] = customer_in(books, body)
    if body.said("PrivateNote"):
        changes["note"] = body.text("PrivateNote")
    if body.said("BillEmail"):
        changes["bill_email"] = body.part("BillEmail").text("Address")
    if body.said("Line"):
        changes["lines"] = _lines(books, body, invoice.currency)
    if body.said("TxnTaxDetail"):
        changes["tax"] = body.part("TxnTaxDetail").amount("TotalTax") or ZERO
    return update_invoice(books, invoice, **changes)


def _order(books: Books, body: Body) -> SalesOrder:
    customer = customer_in(books, body)
    address = body.part("BillEmail").text("Address")
    return SalesOrder(
        customer=customer,
        lines=_lines(books, body, customer.currency),
        tax=body.part("TxnTaxDetail").amount("TotalTax") or ZERO,
        dated=body.day("TxnDate"),
        due=body.day("DueDate"),
        number=body.text("DocNumber"),
        note=body.text("PrivateNote"),
        bill_email=address or None,
        currency=body.reference("CurrencyRef") or None,
        rate=body.amount("ExchangeRate"),
        account=account_in(books, body, "DepositToAccountRef"),
        reference=body.text("PaymentRefNum"),
    )


def _lines(books: Books, body: Body, currency: str) -> tuple[SalesLine, ...]:
    """The lines of what is sold; the subtotal that QuickBooks adds itself may be sent back."""
    parts = [line for line in body.parts("Line") if line.text("DetailType") != "SubTotalLineDetail"]
    if not parts:
        raise rules.missing("Line")
    return tuple(_line(books, line, currency) for line in parts)


def _line(books: Books, line: Body, currency: str) -> SalesLine:
    if line.needed("DetailType") != "SalesItemLineDetail":
        raise rules.bad_property("Line.DetailType", "only SalesItemLineDetail is modelled")
    detail = line.part("SalesItemLineDetail")
    amount, quantity, price = line.needed_amount("Amount"), detail.amount("Qty"), detail.amount("UnitPrice")
    if quantity is not None and price is not None and amount != rounded(quantity * price, currency):
        message = "Amount calculation incorrect in the request"
        raise rules.Refused(
            "6070", message, f"Amount is not equal to UnitPrice * Qty. Supplied value: {amount}"
        )
    return SalesLine(
        amount=amount,
        description=line.text("Description"),
        quantity=quantity,
        unit_price=price,
        item=item_in(books, detail).id,
        taxed=detail.reference("TaxCodeRef") == "TAX",
    )
