"""What we enter in a ledger: one record for each kind of entry, and what the ledger says of it afterwards.

Amounts are positive, in units of the currency (12.34), and never rounded on the way. Days are days of the
organisation's own zone. A marker is a text that no other entry has, not even as a part of its own: the entry is looked
for by it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class EntryKind(StrEnum):
    """What kind of entry is to be taken back."""

    PAYMENT = "payment"
    OVERPAYMENT = "overpayment"
    FEE = "fee"
    """A fee in the style `expense`."""
    DEPOSIT = "deposit"
    """A fee in the style `deposit`: the payments that the deposit gathers stay, and can be gathered again."""
    REFUND = "refund"
    INCOME = "income"
    TRANSFER = "transfer"
    CHARGE = "charge"


@dataclass(frozen=True, slots=True)
class AccountRef:
    """An account, by whichever of the two a ledger wants."""

    external_id: str
    code: str


class FeeStyle(StrEnum):
    """How a processor's fee stands in the books."""

    EXPENSE = "expense"
    """Money spent from the clearing account."""
    DEPOSIT = "deposit"
    """A bank deposit of the payments, gross, with a negative line for the fee: as the bank shows it."""


@dataclass(frozen=True, slots=True)
class BookedEntry:
    """An entry of ours as it stands in the ledger."""

    external_id: str
    amount: Decimal
    arrived: Decimal | None = None
    """Of a payment: what it moves on its account, in that account's currency and by the ledger's own rate, not
    rounded. None where the ledger does not tell."""


@dataclass(frozen=True, slots=True)
class MadeEntry:
    """An entry of ours that stood in the ledger, to be looked after."""

    kind: EntryKind
    external_id: str
    booked_on: date


@dataclass(frozen=True, slots=True)
class EntryNow:
    """What became of an entry that somebody has touched."""

    amount: Decimal
    booked_on: date | None
    """None where the ledger does not tell a day that makes sense."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Money that was changed into the organisation's own currency before it reached its account."""

    amount: Decimal
    currency: str
    paid_in: str
    """The currency that it came from: the entry's."""


@dataclass(frozen=True, slots=True)
class TaxCode:
    """How the ledger reckons the tax within money spent."""

    code: str
    """By which entries name it."""
    name: str
    percent: Decimal
    """What it adds to a net amount. Zero also where two taxes cancel each other out, as under reverse charge."""


@dataclass(frozen=True, slots=True)
class PaymentPart:
    """How much of a payment is for which invoice."""

    invoice_external_id: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PaymentEntry:
    """A payment to be entered for invoices of one customer, in those invoices' currency."""

    parts: tuple[PaymentPart, ...]
    """One, or several where the connector says `payments_take_many`."""
    account_external_id: str | None
    """The clearing account. None: the ledger's place for money that a deposit will gather."""
    booked_on: date
    marker: str
    memo: str
    """A sentence for whoever reads the entry, where the ledger has room for one."""
    arrived: Arrived | None = None
    """What of it reached the clearing account, where that has the organisation's own currency and the invoices
    another one; the ledger reckons gain or loss from it. None: the account has the invoices' currency."""

    @property
    def amount(self) -> Decimal:
        """All of it."""
        return sum((part.amount for part in self.parts), Decimal(0))


@dataclass(frozen=True, slots=True)
class OverpaymentEntry:
    """Money of a customer that no invoice can take: it becomes the customer's credit."""

    customer_external_id: str
    clearing_account_external_id: str
    amount: Decimal
    booked_on: date
    marker: str
    memo: str
    """A sentence for whoever reads the entry."""
    arrived: Arrived | None = None
    """As for a payment."""


@dataclass(frozen=True, slots=True)
class FeeEntry:
    """A processor's fee to be entered, in the clearing account's currency."""

    style: FeeStyle
    clearing_account_external_id: str
    expense_account: AccountRef
    amount: Decimal
    booked_on: date
    marker: str
    payee: str
    description: str
    payment_external_ids: tuple[str, ...] = ()
    """The payments a deposit gathers; empty for an expense."""
    tax_code: str | None = None
    """A code of the ledger's `tax_codes`: the amount then includes its tax. None: no tax. Only for an expense."""


@dataclass(frozen=True, slots=True)
class RefundEntry:
    """Money given back to a customer from the clearing account, in that account's currency."""

    customer_external_id: str
    clearing_account_external_id: str
    account: AccountRef
    """What the refund is booked against."""
    amount: Decimal
    booked_on: date
    marker: str
    description: str


@dataclass(frozen=True, slots=True)
class IncomeEntry:
    """Money that came back into the clearing account: a refund that failed, a chargeback that was won."""

    customer_external_id: str
    clearing_account_external_id: str
    account: AccountRef
    """What it is booked against: as a rule what the refund was."""
    amount: Decimal
    booked_on: date
    marker: str
    description: str


@dataclass(frozen=True, slots=True)
class TransferEntry:
    """Money moved between two bank accounts of one currency: as a rule a payout."""

    from_account_external_id: str
    to_account_external_id: str
    amount: Decimal
    booked_on: date
    marker: str


@dataclass(frozen=True, slots=True)
class ChargeEntry:
    """Something new that a customer owes: an open sales invoice of one line, without tax, numbered by the ledger."""

    customer_external_id: str
    income_account: AccountRef
    amount: Decimal
    currency: str
    """The customer's own, where the ledger gives each customer one."""
    issued_on: date
    due_on: date
    """On the day of issue or later."""
    marker: str
    description: str
    """What the customer reads in the line."""
