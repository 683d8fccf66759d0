"""The records of the books. They change in place; `rendered` keeps their JSON until they do.

Money is in the record's own currency; `rate` is home units per unit of that currency (the inverse of
Xero's). Voided transactions stay with zero amounts; deleted ones leave the books and a Tombstone.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sandbox.quickbooks.books.money import ONE, ZERO

VOIDED_NOTE = "Voided"
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
    """Customers, vendors and accounts: they are made inactive, never deleted."""

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


@dataclass(slots=True, eq=False, kw_only=True)
class Transaction(Record):
    """What has a date and an amount. `number` is DocNumber, or PaymentRefNum on payments."""

    dated: date
    currency: str
    rate: Decimal = ONE
    number: str = ""
    note: str = ""
    voided: bool = False


@dataclass(frozen=True, slots=True)
class SalesLine:
    """A line of a sales document, before tax."""

    amount: Decimal
    description: str = ""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    item: str = "1"
    taxed: bool = False


@dataclass(slots=True, eq=False, kw_only=True)
class SalesDocument(Transaction):
    """What invoices, credit memos and refund receipts have in common."""

    customer: Customer
    lines: tuple[SalesLine, ...]
    tax: Decimal = ZERO
    bill_email: str = ""
    email_status: str = "NotSet"

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO) + self.tax


@dataclass(slots=True, eq=False, kw_only=True)
class Settleable(SalesDocument):
    """A sales document that payments settle; `settled_by` are the payment lines on it."""

    settled_by: list["PaymentLine"] = field(default_factory=list)

    @property
    def balance(self) -> Decimal:
        """What is left of it: to pay on an invoice, to use on a credit memo."""
        return self.total - sum((line.amount for line in self.settled_by), ZERO)


@dataclass(slots=True, eq=False, kw_only=True)
class Invoice(Settleable):
    """A sales invoice. There is no status: open is what has a balance."""

    entity = "Invoice"
    due: date


@dataclass(slots=True, eq=False, kw_only=True)
class CreditMemo(Settleable):
    """Credit given to a customer; a zero-total payment uses it on an invoice."""

    entity = "CreditMemo"


@dataclass(slots=True, eq=False, kw_only=True)
class RefundReceipt(SalesDocument):
    """Money given back to a customer out of an account."""

    entity = "RefundReceipt"
    account: Account
    reference: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PaymentLine:
    """The part of a payment that settles one invoice, or uses up one credit memo."""

    payment: "Payment"
    document: Settleable
    amount: Decimal


@dataclass(slots=True, eq=False, kw_only=True)
class Payment(Transaction):
    """Money received from a customer. `deposit` is the bank deposit that gathered it, if any."""

    entity = "Payment"
    customer: Customer
    total: Decimal
    account: Account
    method: str = ""
    lines: list[PaymentLine] = field(default_factory=list)
    deposit: "Deposit | None" = None

    @property
    def unapplied(self) -> Decimal:
        """What is not used on any invoice; lines with credit memos add to what can be used."""
        used = sum((x.amount for x in self.lines if isinstance(x.document, Invoice)), ZERO)
        credit = sum((x.amount for x in self.lines if isinstance(x.document, CreditMemo)), ZERO)
        return self.total + credit - used


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """What money was spent on."""

    amount: Decimal
    account: Account
    description: str = ""


@dataclass(slots=True, eq=False, kw_only=True)
class Purchase(Transaction):
    """Money spent, such as a card fee. `payment_type` is Cash, Check or CreditCard."""

    entity = "Purchase"
    payment_type: str
    account: Account
    payee: Vendor | Customer | None = None
    lines: tuple[PurchaseLine, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)


@dataclass(frozen=True, slots=True)
class DepositLine:
    """A payment brought to the bank, or an amount of its own; a fee taken off is negative."""

    amount: Decimal
    payment: Payment | None = None
    account: Account | None = None
    party: Vendor | Customer | None = None
    description: str = ""


@dataclass(slots=True, eq=False, kw_only=True)
class Deposit(Transaction):
    """Money brought to a bank account."""

    entity = "Deposit"
    account: Account
    lines: tuple[DepositLine, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of a deleted transaction."""

    entity: str
    id: str
    updated: datetime
