"""Crediting an invoice: a credit memo, and the zero-total payment that uses it."""

from decimal import Decimal

from sandbox.quickbooks.books import rules
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.invoicing import SalesOrder, raise_credit_memo
from sandbox.quickbooks.books.money import ZERO
from sandbox.quickbooks.books.paying import PaymentOrder, create_payment
from sandbox.quickbooks.books.records import CreditMemo, Invoice, SalesLine
from sandbox.quickbooks.books.settling import Share


def credit(books: Books, invoice: Invoice, amount: Decimal | None = None) -> CreditMemo:
    """Credit some of an invoice, or all of its balance, as a bookkeeper does."""
    worth = invoice.balance if amount is None else amount
    if not 0 < worth <= invoice.balance:
        raise rules.unsound(f"The credit must be more than 0 and at most the balance of {invoice.balance}.")
    line = SalesLine(amount=worth, description=f"Credit for invoice {invoice.number}")
    memo = raise_credit_memo(books, SalesOrder(customer=invoice.customer, lines=[line]))
    shares = [Share(invoice, worth), Share(memo, worth)]
    create_payment(books, PaymentOrder(customer=invoice.customer, total=ZERO, shares=shares))
    return memo
