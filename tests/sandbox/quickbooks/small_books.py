"""Books to change in process, with a clock that tests move."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sandbox.companies import AMERICAN, generate
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.invoicing import SalesOrder, raise_invoice
from sandbox.quickbooks.books.opening import opened
from sandbox.quickbooks.books.parties import create_customer
from sandbox.quickbooks.books.paying import PaymentOrder, create_payment
from sandbox.quickbooks.books.records import Account, Customer, Invoice, Payment, SalesLine
from sandbox.quickbooks.books.settling import Share

START = datetime(2026, 11, 20, 15, 4, 5, 678, tzinfo=UTC)


@dataclass
class SmallBooks:
    """An opened company of 120 invoices, and what changes of it were told."""

    time: datetime = START
    told: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        company = generate(seed=7, today=date(2026, 11, 20), invoices=120, home=AMERICAN)
        self.books: Books = opened(company, lambda: self.time)
        self.books.changed = lambda *event: self.told.append(event)

    def wait(self, seconds: float = 1) -> None:
        self.time += timedelta(seconds=seconds)

    def customer(self, name: str = "Quince Tailors", currency: str = "USD") -> Customer:
        return create_customer(self.books, name, currency=currency, email="ap@quince.example")

    def account(self, name: str) -> Account:
        return next(account for account in self.books.accounts.values() if account.name == name)

    def invoice(self, customer: Customer, amount: str = "100.00", dated: date | None = None) -> Invoice:
        order = SalesOrder(customer=customer, lines=[SalesLine(Decimal(amount))], dated=dated)
        return raise_invoice(self.books, order)

    def pay(
        self, invoice: Invoice, amount: str, total: str | None = None, account: str | None = None
    ) -> Payment:
        order = PaymentOrder(
            customer=invoice.customer,
            total=Decimal(total or amount),
            shares=[Share(invoice, Decimal(amount))],
            account=self.account(account) if account else None,
        )
        return create_payment(self.books, order)
