"""What a pay link offers: the customer's open invoices in its currency. Values, and the offer that facts make. Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from app.connectors.base import InvoiceRecord
from app.models import InvoiceState


class Standing(StrEnum):
    """What the page has to say."""

    PAYABLE = "payable"
    NO_CARDS = "no_cards"
    PROCESSING = "processing"
    PAID = "paid"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Payable:
    """An invoice that can be paid, at its live balance. One that is being paid is not offered again."""

    invoice_id: UUID
    number: str
    issued_on: date
    due_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Offer:
    """The whole page."""

    standing: Standing
    business_name: str
    country_code: str
    reply_to: str | None
    currency: str
    today: date
    """In the organisation's zone."""
    read_at: datetime
    """Just before the ledger was asked."""
    payables: tuple[Payable, ...] = ()
    on_its_way: Decimal = Decimal(0)
    """Paid by the customer and not yet in the ledger."""

    @property
    def total(self) -> Decimal:
        return sum((payable.amount for payable in self.payables), Decimal())


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
        invoice_id: record
        for invoice_id, record in fresh.items()
        if record.customer_external_id == customer and record.currency == frame.currency
    }
    payables = [
        Payable(invoice_id, record.number, record.issued_on, record.due_on, record.amount_due)
        for invoice_id, record in theirs.items()
        if record.state is InvoiceState.OPEN and record.amount_due > 0 and invoice_id not in on_its_way
    ]
    return replace(
        frame,
        standing=_standing(theirs, payables, on_its_way, takes_cards=takes_cards, named=named),
        payables=tuple(sorted(payables, key=lambda payable: (payable.due_on, payable.number))),
        on_its_way=sum(on_its_way.values(), Decimal()),
    )


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
