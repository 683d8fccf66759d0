"""Payments on invoices, and taking them back."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.companies.amounts import ZERO, rounded
from sandbox.xero.books import rules
from sandbox.xero.books.books import Books
from sandbox.xero.books.records import ONE, Account, Invoice, Payment


@dataclass(frozen=True)
class PaymentOrder:
    """A payment that somebody wants booked. `amount` is in the invoice's currency."""

    invoice: Invoice
    account: Account
    amount: Decimal
    paid: date
    reference: str = ""
    rate: Decimal | None = None
    bank_amount: Decimal | None = None
    is_reconciled: bool = False


def objections(books: Books, order: PaymentOrder, spoken_for: Decimal = ZERO) -> list[str]:
    """Why Xero would refuse this payment; `spoken_for` is what earlier ones in the same call take."""
    found = []
    if order.amount <= 0:
        found.append(rules.NOT_POSITIVE)
    if order.amount > order.invoice.amount_due - spoken_for:
        found.append(rules.OVERPAID)
    if order.invoice.status != "AUTHORISED":
        found.append(rules.NOT_AUTHORISED)
    found += account_objections(order.account)
    found += _currency_objections(books, order)
    return found + rules.locked(books, order.paid)


def account_objections(account: Account) -> list[str]:
    """Payments go through bank accounts, and accounts on which payments were switched on."""
    if account.type != "BANK" and not account.takes_payments:
        return [rules.ACCOUNT_TAKES_NO_PAYMENTS]
    return rules.archived(account)


def pay(books: Books, order: PaymentOrder) -> Payment:
    """Book a payment. BooksRefuseError says why not."""
    found = objections(books, order)
    if found:
        raise rules.BooksRefuseError(*found)
    rate = _rate(order)
    payment = Payment(
        id=books.new_id(),
        invoice=order.invoice,
        account=order.account,
        amount=rounded(order.amount),
        bank_amount=_bank_amount(books, order, rate),
        rate=rate,
        paid=order.paid,
        updated=books.moment(),
        reference=order.reference,
        is_reconciled=order.is_reconciled,
    )
    books.payments[payment.id] = payment
    order.invoice.payments.append(payment)
    follow_balance(order.invoice)
    books.touch(payment, created=True)
    books.touch(order.invoice)
    received = (
        f"Payment received from {order.invoice.contact.name} on {payment.paid:%d %B %Y} for {payment.amount}"
    )
    books.note(order.invoice.id, "Payment", received)
    return payment


def remove(books: Books, payment: Payment) -> None:
    """Take a payment back: it stays as DELETED and the invoice is open again."""
    if payment.status == "DELETED":
        raise rules.BooksRefuseError("This payment has already been deleted")
    payment.status = "DELETED"
    follow_balance(payment.invoice)
    books.touch(payment)
    books.touch(payment.invoice)
    books.note(payment.invoice.id, "Payment Deleted", f"Payment of {payment.amount} deleted")


def follow_balance(invoice: Invoice) -> None:
    """PAID is derived: it comes when nothing is left and goes when something is again."""
    if invoice.status in {"AUTHORISED", "PAID"}:
        invoice.status = "PAID" if invoice.amount_due == 0 else "AUTHORISED"


def _currency_objections(books: Books, order: PaymentOrder) -> list[str]:
    account_currency = order.account.currency or books.base_currency
    if account_currency == order.invoice.currency:
        return []
    if account_currency != books.base_currency:
        return [rules.CURRENCIES_DIFFER]
    return [] if _given_rate(order) else [rules.RATE_NEEDED]


def _given_rate(order: PaymentOrder) -> Decimal | None:
    """The rate that is told, or that the told amount on the bank account makes."""
    if order.rate and order.rate > 0:
        return order.rate
    return order.amount / order.bank_amount if order.bank_amount else None


def _rate(order: PaymentOrder) -> Decimal:
    """Units of the invoice's currency per base unit, to six places; always one in the base currency."""
    if order.invoice.rate == ONE:
        return ONE
    return (_given_rate(order) or order.invoice.rate).quantize(Decimal("0.000001"))


def _bank_amount(books: Books, order: PaymentOrder, rate: Decimal) -> Decimal:
    account_currency = order.account.currency or books.base_currency
    if account_currency == order.invoice.currency:
        return rounded(order.amount)
    return rounded(order.amount / rate)
