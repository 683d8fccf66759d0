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


def probably_paid(unapplied: Decimal, owed: Sequence[Owed]) -> frozenset[UUID]:
    """The invoices that `unapplied` covers whole.

    The one it matches to the cent, if there is one: people pay invoices, not sums on account. Otherwise
    the oldest first, each only if all of it is covered.
    """
    oldest_first = sorted(owed, key=lambda one: (one.due_on, one.invoice_id))
    for one in oldest_first:
        if one.balance == unapplied:
            return frozenset({one.invoice_id})
    covered, left = set(), unapplied
    for one in oldest_first:
        if 0 < one.balance <= left:
            covered.add(one.invoice_id)
            left -= one.balance
    return frozenset(covered)
