"""Edits of payments."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sandbox.quickbooks.books import paying, rules, spending
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.records import Account, Deposit, DepositLine, Invoice, Payment, Transaction
from sandbox.quickbooks.books.settling import Share
from sandbox.quickbooks.edits.finding import bank, find_account

NOTE = "Paid in QuickBooks"
FEE_ACCOUNT = "Merchant fees"


def pay_invoice(
    books: Books,
    invoice: Invoice,
    amount: Decimal | None = None,
    *,
    on: date | None = None,
    reference: str = "",
    account: Account | None = None,
) -> Payment:
    """A payment of all of the balance if no amount is given; what is above it stays as the customer's credit.

    Without an account it goes into a bank account of the customer's currency.
    """
    if invoice.balance <= 0:
        raise rules.unsound(f"Nothing is left to pay on invoice {invoice.number}.")
    total = invoice.balance if amount is None else amount
    order = paying.PaymentOrder(
        customer=invoice.customer,
        total=total,
        shares=[Share(invoice, min(total, invoice.balance))],
        paid=on,
        account=account or bank(books, invoice.currency),
        reference=reference,
        note=NOTE,
    )
    return paying.create_payment(books, order)


def pay_together(books: Books, invoices: Sequence[Invoice]) -> Payment:
    """One payment for all that several invoices of one customer have open."""
    shares = [Share(invoice, invoice.balance) for invoice in invoices]
    order = paying.PaymentOrder(
        customer=invoices[0].customer,
        total=sum((share.amount for share in shares), Decimal(0)),
        shares=shares,
        account=bank(books, invoices[0].currency),
        note=NOTE,
    )
    return paying.create_payment(books, order)


def void_payment(books: Books, payment: Payment) -> Payment:
    """Keep the payment without its money: what it settled is open again."""
    return paying.void_payment(books, payment)


def delete_payment(books: Books, payment: Payment) -> Payment:
    """Remove the payment: what it settled is open again."""
    paying.delete_payment(books, payment)
    return payment


def deposit_payment(books: Books, payment: Payment, fee: Decimal | None = None) -> Deposit:
    """Bring a payment out of Undeposited Funds to the bank, less a fee; it cannot be changed from then on."""
    lines = [DepositLine(payment.total, payment=payment)]
    if fee:
        lines.append(DepositLine(-fee, account=find_account(books, FEE_ACCOUNT)))
    order = spending.DepositOrder(account=bank(books, payment.currency), lines=lines)
    return spending.create_deposit(books, order)


def reconcile(books: Books, record: Transaction) -> Transaction:
    """Match an entry with what the bank says; it cannot be taken back from then on."""
    record.matched = True
    books.touch(record)
    return record


def move_entry(books: Books, record: Transaction, day: date) -> Transaction:
    """Give an entry another day."""
    record.dated = day
    books.touch(record)
    return record


def use_credit(books: Books, payment: Payment, invoice: Invoice) -> Payment:
    """Put what a payment has left on an invoice, as far as it goes."""
    share = Share(invoice, min(payment.unapplied, invoice.balance))
    order = paying.PaymentOrder(
        customer=payment.customer,
        total=payment.total,
        shares=[*(Share(line.document, line.amount) for line in payment.lines), share],
        account=payment.account,
        reference=payment.number,
        note=payment.note,
    )
    return paying.update_payment(books, payment, order)
