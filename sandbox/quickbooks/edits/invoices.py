"""Edits of invoices."""

from datetime import date
from decimal import Decimal

from sandbox.quickbooks.books import crediting, invoicing, rules
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.money import rounded
from sandbox.quickbooks.books.records import CreditMemo, Customer, Invoice, SalesLine


def raise_invoice(
    books: Books,
    customer: Customer,
    amount: Decimal,
    *,
    currency: str | None = None,
    number: str | None = None,
    issued: date | None = None,
    due: date | None = None,
    note: str = "",
) -> Invoice:
    """An invoice over one untaxed line, in the customer's currency; due in 30 days unless said otherwise."""
    if amount <= 0:
        raise rules.unsound("The amount must be greater than 0.")
    order = invoicing.SalesOrder(
        customer=customer,
        lines=[SalesLine(amount=rounded(amount, customer.currency), description="Services")],
        dated=issued,
        due=due,
        number=number or "",
        note=note,
        currency=currency,
    )
    return invoicing.raise_invoice(books, order)


def mail_invoice(books: Books, invoice: Invoice) -> Invoice:
    """QuickBooks mails the invoice, for the first time or as a reminder."""
    invoice.email_status, invoice.emailed = "EmailSent", books.now()
    books.touch(invoice)
    return invoice


def change_copies(books: Books, invoice: Invoice, copies: str, hidden: str) -> Invoice:
    """Write who gets copies of the invoice's mails, with commas between; nobody if empty."""
    invoice.bill_copies, invoice.bill_hidden_copies = copies, hidden
    books.touch(invoice)
    return invoice


def void_invoice(books: Books, invoice: Invoice) -> Invoice:
    """Keep the invoice without its money; payments on it become the customer's credit."""
    return invoicing.void_invoice(books, invoice)


def delete_invoice(books: Books, invoice: Invoice) -> Invoice:
    """Remove the invoice; payments on it become the customer's credit."""
    invoicing.delete_invoice(books, invoice)
    return invoice


def edit_due_date(books: Books, invoice: Invoice, due: date) -> Invoice:
    return invoicing.update_invoice(books, invoice, due=due)


def credit_invoice(books: Books, invoice: Invoice, amount: Decimal | None = None) -> CreditMemo:
    """A credit memo used on the invoice; over all of its balance if no amount is given."""
    return crediting.credit(books, invoice, amount)
