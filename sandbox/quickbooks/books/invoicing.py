"""Sales documents: raising, changing, voiding and deleting invoices, credit memos and refund receipts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from sandbox.quickbooks.books import rules
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.money import ZERO
from sandbox.quickbooks.books.records import (
    VOIDED_NOTE,
    Account,
    CreditMemo,
    Customer,
    Invoice,
    RefundReceipt,
    SalesDocument,
    SalesLine,
    Settleable,
)
from sandbox.quickbooks.books.settling import release

DEFAULT_TERMS = timedelta(days=30)
FIRST_NUMBER = 1001
S = TypeVar("S", bound=SalesDocument)


@dataclass(frozen=True, kw_only=True)
class SalesOrder:
    """A sales document as somebody wants it. `due` is of invoices; `account` and `reference` of refunds."""

    customer: Customer
    lines: Sequence[SalesLine]
    tax: Decimal = ZERO
    dated: date | None = None
    due: date | None = None
    number: str = ""
    note: str = ""
    bill_email: str | None = None
    currency: str | None = None
    rate: Decimal | None = None
    account: Account | None = None
    reference: str = ""


def raise_invoice(books: Books, order: SalesOrder) -> Invoice:
    """A new invoice, due in 30 days unless it says otherwise. Refused says why not."""
    facts = _facts(books, order, "Invoice")
    invoice = Invoice(**facts, due=order.due or facts["dated"] + DEFAULT_TERMS)
    _check_due(invoice.dated, invoice.due)
    return _entered(books, invoice, order.customer.invoices)


def raise_credit_memo(books: Books, order: SalesOrder) -> CreditMemo:
    """A new credit memo; nothing of it is used yet."""
    return _entered(books, CreditMemo(**_facts(books, order, "CreditMemo")), order.customer.credit_memos)


def give_refund(books: Books, order: SalesOrder) -> RefundReceipt:
    """Money given back out of a bank or other current asset account."""
    if order.account is None:
        raise rules.missing("DepositToAccountRef")
    rules.check_money_account(books, order.account, order.customer.currency)
    rules.check_length("PaymentRefNum", order.reference, rules.LONGEST_NUMBER)
    facts = _facts(books, order, "RefundReceipt")
    receipt = RefundReceipt(**facts, account=order.account, reference=order.reference)
    return _entered(books, receipt, order.customer.refund_receipts)


def update_invoice(books: Books, invoice: Invoice, **changes: Any) -> Invoice:
    """Set fields of an invoice by the names they have in the record: due, dated, number, note, lines, tax,
    bill_email. The customer of an invoice cannot be changed once money is on it."""
    rules.check_not_voided(invoice)
    for day in (invoice.dated, changes.get("dated", invoice.dated)):
        rules.check_open(books, day)
    _check_due(changes.get("dated", invoice.dated), changes.get("due", invoice.due))
    rules.check_lengths(changes.get("number", invoice.number), changes.get("note", invoice.note))
    _check_amounts(invoice, changes)
    if changes.get("number", invoice.number) != invoice.number:
        rules.check_number_free(books, replace(invoice, number=changes["number"]))
    if changes.pop("customer", invoice.customer) is not invoice.customer:
        raise rules.unsound("The customer of an invoice cannot be changed.")  # assumed
    for name, value in changes.items():
        setattr(invoice, name, value)
    books.touch(invoice)
    for line in invoice.settled_by:
        books.undated(line.payment)
    return invoice


def void_invoice(books: Books, invoice: Invoice) -> Invoice:
    """Keep the invoice without its money. Payments on it stay as money not applied."""
    rules.check_not_voided(invoice)
    _withdraw(books, invoice)
    invoice.lines = tuple(
        replace(line, amount=ZERO, quantity=None, unit_price=None) for line in invoice.lines
    )
    invoice.tax, invoice.note, invoice.voided = ZERO, VOIDED_NOTE, True
    books.touch(invoice, "voided")
    return invoice


def delete_invoice(books: Books, invoice: Invoice) -> None:
    """Remove the invoice. Payments on it stay as money not applied."""
    _withdraw(books, invoice)
    invoice.customer.invoices.remove(invoice)
    books.remove(invoice)


def delete_credit_memo(books: Books, memo: CreditMemo) -> None:
    """Remove the credit memo: invoices that it settled are open again."""
    _withdraw(books, memo)
    memo.customer.credit_memos.remove(memo)
    books.remove(memo)


def delete_refund(books: Books, receipt: RefundReceipt) -> None:
    rules.check_open(books, receipt.dated)
    receipt.customer.refund_receipts.remove(receipt)
    books.remove(receipt)


def _withdraw(books: Books, document: Settleable) -> None:
    rules.check_open(books, document.dated)
    release(books, document)


def _facts(books: Books, order: SalesOrder, entity: str) -> dict[str, Any]:
    """What all sales documents are made of, checked."""
    customer, moment = order.customer, books.moment()
    dated = order.dated or books.today()
    rules.check_active(customer)
    rules.check_open(books, dated)
    if order.currency not in {None, customer.currency}:
        raise rules.unsound(f"{customer.name} is invoiced in {customer.currency}, not in {order.currency}.")
    rules.check_currency(books, customer.currency)
    rules.check_lengths(order.number, order.note)
    return {
        "id": books.new_id(entity),
        "created": moment,
        "updated": moment,
        "customer": customer,
        "currency": customer.currency,
        "rate": order.rate or books.rate(customer.currency),
        "dated": dated,
        "number": order.number if books.custom_numbers and order.number else next_number(books),
        "note": order.note,
        "lines": tuple(order.lines),
        "tax": order.tax,
        "bill_email": customer.email if order.bill_email is None else order.bill_email,
    }


def _entered(books: Books, document: S, shelf: list[S]) -> S:
    for line in document.lines:
        rules.check_amount(line.amount, document.currency, negative=True)
    rules.check_amount(document.tax, document.currency)
    rules.check_amount(document.total, document.currency)
    rules.check_number_free(books, document)
    shelf.append(document)
    return books.add(document)


def next_number(books: Books) -> str:
    """The number after the highest that is a plain number; one sequence for all sales documents."""
    documents = [*books.invoices.values(), *books.credit_memos.values(), *books.refund_receipts.values()]
    taken = (int(document.number) for document in documents if document.number.isdecimal())
    return str(max(taken, default=FIRST_NUMBER - 1) + 1)


def _check_due(dated: date, due: date) -> None:
    """Assumed: QuickBooks' own form allows a due date before the invoice's, this stand-in does not."""
    if due < dated:
        raise rules.unsound("The due date cannot be before the invoice date.")


def _check_amounts(invoice: Invoice, changes: dict[str, Any]) -> None:
    lines, tax = changes.get("lines", invoice.lines), changes.get("tax", invoice.tax)
    for line in lines:
        rules.check_amount(line.amount, invoice.currency, negative=True)
    total = sum((line.amount for line in lines), ZERO) + tax
    rules.check_amount(total, invoice.currency)
    settled = invoice.total - invoice.balance
    if total < settled:  # assumed: QuickBooks' own form turns the rest into credit
        raise rules.unsound(f"The total cannot be less than the {settled} that is settled already.")
