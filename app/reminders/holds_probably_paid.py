"""Which open invoices money that no invoice has taken yet is probably for. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Owed:
    """An open invoice and what is left to pay on it."""

    invoice_id: UUID
    due_on: date
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Unapplied:
    """What a customer has with the business in one currency, applied to no invoice."""

    received: Decimal = Decimal(0)
    """Payments and overpayments."""
    credited: Decimal = Decimal(0)
    """Open credit notes."""

    @property
    def total(self) -> Decimal:
        return self.received + self.credited


def probably_paid(unapplied: Unapplied, owed: Sequence[Owed]) -> frozenset[UUID]:
    """The invoices that it covers whole.

    The one it matches to the cent, if there is one: people pay invoices, not sums on account. Otherwise all,
    if it is enough for all; otherwise what was received goes to the oldest first. An open credit that is
    neither is left to the owner: businesses keep small credits for later, and the rest is owed all the same.
    """
    oldest_first = sorted(
        (one for one in owed if one.balance > 0), key=lambda one: (one.due_on, one.invoice_id)
    )
    for amount in (unapplied.received, unapplied.credited, unapplied.total):
        for one in oldest_first:
            if one.balance == amount:
                return frozenset({one.invoice_id})
    if sum((one.balance for one in oldest_first), Decimal(0)) <= unapplied.total:
        return frozenset(one.invoice_id for one in oldest_first)
    return _oldest_covered(unapplied.received, oldest_first)


def _oldest_covered(received: Decimal, oldest_first: Sequence[Owed]) -> frozenset[UUID]:
    covered, left = set(), received
    for one in oldest_first:
        if one.balance <= left:
            covered.add(one.invoice_id)
            left -= one.balance
    return frozenset(covered)
