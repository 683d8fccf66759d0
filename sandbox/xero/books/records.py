"""The records of the books. They change in place; `rendered` keeps their JSON until they do."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sandbox.companies.amounts import ZERO, line_amount, tax
from sandbox.companies.company import Line, Person

ONE = Decimal(1)


@dataclass(slots=True, eq=False)
class Account:
    """An account of the chart; `currency` only for bank accounts."""

    id: str
    code: str
    name: str
    type: str
    updated: datetime
    currency: str | None = None
    takes_payments: bool = False
    status: str = "ACTIVE"
    system: str | None = None
    tax_type: str = "NONE"
    rendered: dict[str, bytes] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Contact:
    """A customer or supplier. `receivable` are its sales invoices."""

    id: str
    name: str
    updated: datetime
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    persons: tuple[Person, ...] = ()
    currency: str | None = None
    terms_days: int | None = None
    status: str = "ACTIVE"
    merged_into: str | None = None
    is_supplier: bool = False
    receivable: list["Invoice"] = field(default_factory=list)
    rendered: dict[str, bytes] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Payment:
    """Money paid on one invoice. `amount` is in the invoice's currency, `bank_amount` in the account's."""

    id: str
    invoice: "Invoice"
    account: Account
    amount: Decimal
    bank_amount: Decimal
    rate: Decimal
    paid: date
    updated: datetime
    reference: str = ""
    status: str = "AUTHORISED"
    is_reconciled: bool = False
    rendered: dict[str, bytes] = field(default_factory=dict)

    @property
    def type(self) -> str:
        return f"{self.invoice.type}PAYMENT"


@dataclass(slots=True, eq=False)
class Allocation:
    """The part of a credit note that settles one invoice."""

    id: str
    credit_note: "CreditNote"
    invoice: "Invoice"
    amount: Decimal
    allocated: date


@dataclass(slots=True, eq=False, kw_only=True)
class Document:
    """What invoices, credit notes and bank transactions have in common."""

    id: str
    type: str
    contact: Contact
    issued: date
    currency: str
    rate: Decimal = ONE
    lines: tuple[Line, ...]
    updated: datetime
    status: str = "AUTHORISED"
    reference: str = ""
    line_amount_types: str = "Exclusive"
    subtotal: Decimal = ZERO
    total_tax: Decimal = ZERO
    total: Decimal = ZERO
    rendered: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.add_up()

    def add_up(self) -> None:
        """Totals follow the lines; call after changing them."""
        amounts = sum((line_amount(line) for line in self.lines), ZERO)
        self.total_tax = sum((tax(line, self.line_amount_types) for line in self.lines), ZERO)
        self.total = amounts if self.line_amount_types == "Inclusive" else amounts + self.total_tax
        self.subtotal = self.total - self.total_tax


@dataclass(slots=True, eq=False, kw_only=True)
class Invoice(Document):
    """A sales invoice (ACCREC) or a bill (ACCPAY)."""

    number: str
    due: date
    sent: bool = True
    url: str = ""
    expected: date | None = None
    payments: list[Payment] = field(default_factory=list)
    allocations: list[Allocation] = field(default_factory=list)

    @property
    def live_payments(self) -> list[Payment]:
        return [payment for payment in self.payments if payment.status != "DELETED"]

    @property
    def amount_paid(self) -> Decimal:
        return sum((payment.amount for payment in self.live_payments), ZERO)

    @property
    def amount_credited(self) -> Decimal:
        return sum((allocation.amount for allocation in self.allocations), ZERO)

    @property
    def amount_due(self) -> Decimal:
        """What is left to pay: nothing on voided and deleted documents."""
        if self.status in {"VOIDED", "DELETED"}:
            return ZERO
        return self.total - self.amount_paid - self.amount_credited

    @property
    def settled(self) -> date | None:
        """The day of the last payment or credit, once nothing is left to pay."""
        if self.status != "PAID":
            return None
        days = [p.paid for p in self.live_payments] + [a.allocated for a in self.allocations]
        return max(days, default=self.issued)


@dataclass(slots=True, eq=False, kw_only=True)
class CreditNote(Document):
    """A sales credit note; `remaining` is what it can still settle."""

    number: str
    allocations: list[Allocation] = field(default_factory=list)

    @property
    def remaining(self) -> Decimal:
        return self.total - sum((allocation.amount for allocation in self.allocations), ZERO)


@dataclass(slots=True, eq=False, kw_only=True)
class BankTransaction(Document):
    """Money spent from or received on a bank account without an invoice, such as a card fee or an overpayment."""

    account: Account
    is_reconciled: bool = False
    overpayment_id: str | None = None
    """The credit that it gave to the customer, if its type is RECEIVE-OVERPAYMENT."""


@dataclass(slots=True, eq=False, kw_only=True)
class BankTransfer:
    """Money moved between two bank accounts of one currency."""

    id: str
    source: Account
    target: Account
    amount: Decimal
    moved: date
    created: datetime
    updated: datetime
    reference: str = ""
    status: str = "AUTHORISED"
    is_reconciled: bool = False
    rendered: dict[str, bytes] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class HistoryRecord:
    """One entry of a document's history."""

    changes: str
    details: str
    at: datetime
    user: str = "System Generated"
