"""Customers as the tests of the pages need them."""

from app.models import Customer, Invoice, Tenant
from tests.payments.business import Business


def one_invoice(business: Business) -> tuple[str, Customer, Invoice]:
    """A link to a customer who owes exactly one invoice from now on."""
    customer, [kept, *others] = business.open_invoices()
    for invoice in others:
        business.sandbox.control(f"xero/invoices/{invoice.number}/pay")
    return business.link(customer), customer, kept


def owes_more(business: Business, customer: Customer, *, currency: str, amount: str = "9.00") -> Invoice:
    """One more open invoice of this customer, read from the ledger."""
    business.sandbox.control(
        "xero/invoices", contact=customer.name, amount=amount, currency=currency, number="MORE-1"
    )
    business.pull()
    with business.unit() as session:
        return session.query(Invoice).filter(Invoice.number == "MORE-1").one()


def take_parts(business: Business, *, least_part: int = 10) -> None:
    """The business lets payers pay parts of an invoice."""
    with business.unit() as session:
        tenant = session.query(Tenant).one()
        tenant.part_payments, tenant.least_part = True, least_part
