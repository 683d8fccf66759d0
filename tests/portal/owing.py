"""Customers as the tests of the pages need them."""

from app.models import Customer, Invoice
from tests.payments.business import Business


def one_invoice(business: Business) -> tuple[str, Customer, Invoice]:
    """A link to a customer who owes exactly one invoice from now on."""
    customer, [kept, *others] = business.open_invoices()
    for invoice in others:
        business.sandbox.control(f"xero/invoices/{invoice.number}/pay")
    return business.link(customer), customer, kept
