"""Payments: receiving, changing, voiding and deleting them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.quickbooks.books import rules
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.money import RATE_PLACES, ZERO
from sandbox.quickbooks.books.records import VOIDED_NOTE, Account, Customer, Payment
from sandbox.quickbooks.books.settling import Share, attach, check_shares, detach


@dataclass(frozen=True, kw_only=True)
class PaymentOrder:
    """A payment as somebody wants it. What is above its shares stays unapplied, as the customer's credit.

    Without `account` the money waits in Undeposited Funds. `rate` is home units per unit of the currency.
    """

    customer: Customer
    total: Decimal
    shares: Sequence[Share] = ()
    paid: date | None = None
    account: Account | None = None
    reference: str = ""
    note: str = ""
    method: str = ""
    currency: str | None = None
    rate: Decimal | None = None


def create_payment(books: Books, order: PaymentOrder) -> Payment:
    """Book a payment. Refused says why not."""
    paid = order.paid or books.today()
    rules.check_active(order.customer)
    rules.check_open(books, paid)
    _check(books, order)
    moment = books.moment()
    payment = Payment(
        id=books.new_id("Payment"),
        created=moment,
        updated=moment,
        dated=paid,
        customer=order.customer,
        currency=order.customer.currency,
        rate=(order.rate or books.rate(order.customer.currency)).quantize(RATE_PLACES),
        total=order.total,
        account=order.account or books.undeposited_funds,
        number=order.reference,
        note=order.note,
        method=order.method,
    )
    order.customer.payments.append(payment)
    books.add(payment)
    attach(books, payment, order.shares)
    return payment


def update_payment(books: Books, payment: Payment, order: PaymentOrder) -> Payment:
    """Change a payment into what the order says; its lines are replaced as a whole."""
    paid = order.paid or payment.dated
    account = order.account or books.undeposited_funds
    rules.check_not_voided(payment)
    for day in (payment.dated, paid):
        rules.check_open(books, day)
    if (order.total, account, order.customer) != (payment.total, payment.account, payment.customer):
        rules.check_undeposited(payment)
    if order.customer is not payment.customer:
        raise rules.unsound("The customer of a payment cannot be changed.")  # assumed
    _check(books, order, payment)
    before = [Share(line.document, line.amount) for line in payment.lines]
    payment.dated, payment.total, payment.account = paid, order.total, account
    payment.number, payment.note, payment.method = order.reference, order.note, order.method
    payment.rate = (order.rate or payment.rate).quantize(RATE_PLACES)
    if before != list(order.shares):
        detach(books, payment)
        attach(books, payment, order.shares)
    books.touch(payment)
    return payment


def void_payment(books: Books, payment: Payment) -> Payment:
    """Keep the payment without its money: what it settled is open again."""
    rules.check_not_voided(payment)
    rules.check_undeposited(payment)
    rules.check_unmatched(payment)
    rules.check_open(books, payment.dated)
    payment.total, payment.note, payment.voided = ZERO, VOIDED_NOTE, True
    detach(books, payment)
    books.touch(payment, "voided")
    return payment


def delete_payment(books: Books, payment: Payment) -> None:
    """Remove the payment: what it settled is open again."""
    rules.check_undeposited(payment)
    rules.check_unmatched(payment)
    rules.check_open(books, payment.dated)
    detach(books, payment)
    payment.customer.payments.remove(payment)
    books.remove(payment)


def _check(books: Books, order: PaymentOrder, payment: Payment | None = None) -> None:
    customer = order.customer
    rules.check_lengths(order.reference, order.note, "PaymentRefNum")
    rules.check_amount(order.total, customer.currency)
    if order.currency not in {None, customer.currency}:
        raise rules.unsound(f"{customer.name} pays in {customer.currency}, not in {order.currency}.")
    if order.account is not None:
        rules.check_money_account(books, order.account, customer.currency)
    check_shares(books, customer, order.total, order.shares, payment)
