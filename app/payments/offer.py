"""What a pay link offers: the customer's open invoices by currency. Values, and the offer that facts make. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from app.connectors.base import InvoiceRecord
from app.kit.money import from_minor, rounded
from app.models import InvoiceState
from app.payments.surcharge import SurchargeTerms


class Standing(StrEnum):
    """What the page has to say."""

    PAYABLE = "payable"
    NO_CARDS = "no_cards"
    PROCESSING = "processing"
    PAID = "paid"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Payable:
    """An invoice that can be paid, at its live balance. One that is being paid is not offered again."""

    invoice_id: UUID
    number: str
    issued_on: date
    due_on: date
    currency: str
    amount: Decimal
    least: Decimal
    """The smallest part that may be paid; all of it where the business takes no parts."""


@dataclass(frozen=True, slots=True)
class FailedDebit:
    """A bank debit for some of the open invoices that did not go through."""

    amount: Decimal
    currency: str
    on: date
    """When it was begun, in the organisation's zone."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The whole page."""

    standing: Standing
    business_name: str
    reply_to: str | None
    currency: str
    """The link's own; what is open in it comes first."""
    today: date
    """In the organisation's zone."""
    read_at: datetime
    """Just before the ledger was asked."""
    payables: tuple[Payable, ...] = ()
    on_its_way: Mapping[str, Decimal] = field(default_factory=dict)
    """By currency, what the customer has paid that is not in the ledger yet."""
    failed_debits: tuple[FailedDebit, ...] = ()
    parts_from: int | None = None
    """Parts may be paid from this share of an invoice's balance, in per cent; None: no parts."""
    bank_details: str | None = None
    """How to pay without a card, if the business has told."""
    surcharges: Mapping[str, SurchargeTerms] = field(default_factory=dict)
    """By currency, what is added for paying by card; most businesses add nothing."""

    @property
    def currencies(self) -> tuple[str, ...]:
        """Those in which something is open, the link's own first."""
        found = {payable.currency for payable in self.payables}
        return tuple(sorted(found, key=lambda currency: (currency != self.currency, currency)))

    def payables_in(self, currency: str) -> tuple[Payable, ...]:
        return tuple(payable for payable in self.payables if payable.currency == currency)

    def total(self, currency: str) -> Decimal:
        return sum((payable.amount for payable in self.payables_in(currency)), Decimal())


def offer_from(
    frame: Offer,
    fresh: dict[UUID, InvoiceRecord],
    on_its_way: dict[UUID, Decimal],
    *,
    takes_cards: bool,
    customer: str,
    named: frozenset[UUID],
) -> Offer:
    """The offer that these facts make."""
    theirs = {
        invoice_id: record for invoice_id, record in fresh.items() if record.customer_external_id == customer
    }
    payables = [
        _payable(invoice_id, record, frame.parts_from)
        for invoice_id, record in theirs.items()
        if record.state is InvoiceState.OPEN and record.amount_due > 0 and invoice_id not in on_its_way
    ]
    return replace(
        frame,
        standing=_standing(theirs, payables, on_its_way, takes_cards=takes_cards, named=named),
        payables=tuple(sorted(payables, key=lambda payable: (payable.due_on, payable.number))),
        on_its_way=_by_currency(on_its_way, fresh, frame.currency),
    )


def least_part(balance: Decimal, currency: str, parts_from: int | None) -> Decimal:
    """The smallest part of a balance that may be paid, at least one unit of the currency's smallest coin."""
    if parts_from is None:
        return balance
    share = rounded(balance * parts_from / 100, currency)
    return min(balance, max(share, from_minor(1, currency)))


def _payable(invoice_id: UUID, record: InvoiceRecord, parts_from: int | None) -> Payable:
    return Payable(
        invoice_id=invoice_id,
        number=record.number,
        issued_on=record.issued_on,
        due_on=record.due_on,
        currency=record.currency,
        amount=record.amount_due,
        least=least_part(record.amount_due, record.currency, parts_from),
    )


def _by_currency(
    on_its_way: Mapping[UUID, Decimal], fresh: Mapping[UUID, InvoiceRecord], usual: str
) -> dict[str, Decimal]:
    """An invoice that the ledger has no more counts in the link's own currency."""
    found: dict[str, Decimal] = {}
    for invoice_id, amount in on_its_way.items():
        currency = fresh[invoice_id].currency if invoice_id in fresh else usual
        found[currency] = found.get(currency, Decimal()) + amount
    return found


def _standing(
    theirs: dict[UUID, InvoiceRecord],
    payables: list[Payable],
    on_its_way: dict[UUID, Decimal],
    *,
    takes_cards: bool,
    named: frozenset[UUID],
) -> Standing:
    if payables:
        return Standing.PAYABLE if takes_cards else Standing.NO_CARDS
    if on_its_way:
        return Standing.PROCESSING
    is_any_paid = any(theirs[known].state is InvoiceState.PAID for known in named & theirs.keys())
    return Standing.WITHDRAWN if named and not is_any_paid else Standing.PAID
