"""What a payer ticked and typed, held against what is open this minute. Pure.

Nothing is corrected silently: an amount is either exactly what is meant, or it is asked for again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from app.kit.money import minor_digits
from app.payments.offer import Offer, Payable

# A comma is only ever between thousands, so that 1,200 is never taken for a little more than one.
_AMOUNT = re.compile(r"(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.(\d{1,4}))?", re.ASCII)


class Complaint(StrEnum):
    """Why the form is shown again."""

    NOTHING_TICKED = "nothing_ticked"
    CHANGED = "changed"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class Selection:
    """What is to be paid; or, with a complaint, what has to be asked again."""

    currency: str = ""
    amounts: Mapping[UUID, Decimal] = field(default_factory=dict)
    parts: frozenset[UUID] = frozenset()
    """Those of which less than all is paid."""
    complaint: Complaint | None = None
    faults: Mapping[UUID, str] = field(default_factory=dict)
    """A `Fault` for each amount that cannot be paid."""


class Fault(StrEnum):
    """What is wrong with a typed amount."""

    UNREADABLE = "unreadable"
    TOO_MUCH = "too_much"
    TOO_LITTLE = "too_little"
    NO_PARTS = "no_parts"


def select(offer: Offer, shown: Mapping[UUID, Decimal], typed: Mapping[UUID, str]) -> Selection:
    """The selection of a form: the ticked invoices with the balance each was shown at, and the amounts typed beside.

    Without a typed amount all of an invoice is paid. One payment has one currency.
    """
    if not shown:
        return Selection(complaint=Complaint.NOTHING_TICKED)
    live = {payable.invoice_id: payable for payable in offer.payables}
    ticked = [live[invoice_id] for invoice_id in shown if invoice_id in live]
    if any(invoice_id not in live or live[invoice_id].amount != shown[invoice_id] for invoice_id in shown):
        return Selection(complaint=Complaint.CHANGED)
    if len({payable.currency for payable in ticked}) != 1:
        return Selection(complaint=Complaint.CHANGED)
    return _of(ticked, typed, takes_parts=offer.parts_from is not None)


def _of(ticked: list[Payable], typed: Mapping[UUID, str], *, takes_parts: bool) -> Selection:
    amounts: dict[UUID, Decimal] = {}
    faults: dict[UUID, str] = {}
    for payable in ticked:
        told = typed.get(payable.invoice_id)
        amount = payable.amount if told is None else read_amount(told, payable.currency)
        fault = _fault(amount, payable, takes_parts=takes_parts)
        if fault is not None or amount is None:
            faults[payable.invoice_id] = fault or Fault.UNREADABLE
        else:
            amounts[payable.invoice_id] = amount
    if faults:
        return Selection(complaint=Complaint.FAULTY, faults=faults)
    parts = frozenset(one.invoice_id for one in ticked if amounts[one.invoice_id] < one.amount)
    return Selection(currency=ticked[0].currency, amounts=amounts, parts=parts)


def read_amount(told: str, currency: str) -> Decimal | None:
    """A typed amount with the currency's digits; None if it could be meant in two ways, or is finer than any coin."""
    found = _AMOUNT.fullmatch("".join(told.split()))
    if found is None or len(found[1] or "") > minor_digits(currency):
        return None
    return Decimal(found[0].replace(",", ""))


def _fault(amount: Decimal | None, payable: Payable, *, takes_parts: bool) -> Fault | None:
    if amount is None:
        return Fault.UNREADABLE
    if amount > payable.amount:
        return Fault.TOO_MUCH
    if amount < payable.amount and not takes_parts:
        return Fault.NO_PARTS
    return Fault.TOO_LITTLE if amount < payable.least else None
