"""What every record has, and the records that lists are made of: accounts, items, vendors and customers."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from sandbox.quickbooks.books.money import ZERO

if TYPE_CHECKING:  # transactions are built on this module
    from sandbox.quickbooks.books.records import CreditMemo, Invoice, Payment, RefundReceipt

CLASSES = {
    "Accounts Payable": "Liability",
    "Cost of Goods Sold": "Expense",
    "Credit Card": "Liability",
    "Equity": "Equity",
    "Expense": "Expense",
    "Income": "Revenue",
    "Other Current Liability": "Liability",
    "Other Expense": "Expense",
    "Other Income": "Revenue",
}


@dataclass(slots=True, eq=False, kw_only=True)
class Record:
    """What every record has. `updated` is in whole seconds; `sync_token` counts its changes."""

    entity: ClassVar[str]
    id: str
    created: datetime
    updated: datetime
    sync_token: int = 0
    rendered: bytes | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class ListRecord(Record):
    """Customers, vendors, items and accounts: they are made inactive, never deleted."""

    name: str
    currency: str
    active: bool = True


@dataclass(slots=True, eq=False, kw_only=True)
class Account(ListRecord):
    """An account of the chart. `number` (AcctNum) is often empty."""

    entity = "Account"
    type: str
    subtype: str
    number: str = ""

    @property
    def classification(self) -> str:
        return CLASSES.get(self.type, "Asset")


@dataclass(slots=True, eq=False, kw_only=True)
class Item(ListRecord):
    """A service that is sold: what a line sells of it is income of its account."""

    entity = "Item"
    income: Account


@dataclass(slots=True, eq=False, kw_only=True)
class Vendor(ListRecord):
    """A supplier, such as the card processor that takes its fees."""

    entity = "Vendor"
    email: str = ""


@dataclass(slots=True, eq=False, kw_only=True)
class Customer(ListRecord):
    """Who owes. `email` may hold several addresses with commas between; a job has a `parent`."""

    entity = "Customer"
    email: str = ""
    company_name: str = ""
    given_name: str = ""
    family_name: str = ""
    phone: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    note: str = ""
    parent: "Customer | None" = None
    merged_into: str | None = None
    jobs: list["Customer"] = field(default_factory=list)
    invoices: list["Invoice"] = field(default_factory=list)
    credit_memos: list["CreditMemo"] = field(default_factory=list)
    payments: list["Payment"] = field(default_factory=list)
    refund_receipts: list["RefundReceipt"] = field(default_factory=list)

    @property
    def balance(self) -> Decimal:
        """What the customer owes in its currency, less credit and money not applied yet."""
        owed = sum((invoice.balance for invoice in self.invoices), ZERO)
        credit = sum((memo.balance for memo in self.credit_memos), ZERO)
        return owed - credit - sum((payment.unapplied for payment in self.payments), ZERO)

    @property
    def balance_with_jobs(self) -> Decimal:
        return self.balance + sum((job.balance_with_jobs for job in self.jobs), ZERO)
