"""The records of the books. They change in place; `rendered` keeps their JSON until they do.

Money is in the record's own currency; `rate` is home units per unit of that currency (the inverse of
Xero's). Voided transactions stay with zero amounts; deleted ones leave the books and a Tombstone.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sandbox.quickbooks.books.list_records import Account, Customer, Item, ListRecord, Record, Vendor
from sandbox.quickbooks.books.money import ONE, ZERO

__all__ = [
    "VOIDED_NOTE",
    "Account",
    "CreditMemo",
    "Customer",
    "Deposit",
    "DepositLine",
    "Invoice",
    "Item",
    "ListRecord",
    "Payment",
    "PaymentLine",
    "Purchase",
    "PurchaseLine",
    "Record",
    "RefundReceipt",
    "SalesDocument",
    "SalesLine",
    "Settleable",
    "Tombstone",
    "Transaction",
    "Transfer",
    "Vendor",
]

VOIDED_NOTE = "Voided"


@dataclass(slots=True, eq=False, kw_only=True)
class Transaction(Record):
    """What has a date and an amount. `number` is DocNumber, or PaymentRefNum on payments."""

    dated: date
    currency: str
    rate: Decimal = ONE
    number: str = ""
    note: str = ""
    voided: bool = False
    matched: bool = False
    """Somebody has matched it with what the bank says: it cannot lose its money any more."""


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
    bill_copies: str = ""
    """Addresses with commas between, as on the form: who gets a copy of its mails."""
    bill_hidden_copies: str = ""
    email_status: str = "NotSet"
    emailed: datetime | None = None
    """When it was last mailed from here; what was mailed before these books began has no time (assumed)."""

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
    """What money was spent on: the net amount, its tax and the code of that (empty: none)."""

    amount: Decimal
    account: Account
    description: str = ""
    tax_code: str = ""
    tax: Decimal = ZERO


@dataclass(slots=True, eq=False, kw_only=True)
class Purchase(Transaction):
    """Money spent, such as a card fee. `payment_type` is Cash, Check or CreditCard."""

    entity = "Purchase"
    payment_type: str
    account: Account
    payee: Vendor | Customer | None = None
    lines: tuple[PurchaseLine, ...]
    tax_calculation: str = ""
    """How tax is reckoned; empty in the US, where it is not."""

    @property
    def total(self) -> Decimal:
        return sum((line.amount + line.tax for line in self.lines), ZERO)


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


@dataclass(slots=True, eq=False, kw_only=True)
class Transfer(Transaction):
    """Money moved between two accounts of the company."""

    entity = "Transfer"
    source: Account
    target: Account
    total: Decimal


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of a deleted transaction."""

    entity: str
    id: str
    updated: datetime
