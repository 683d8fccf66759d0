"""What of an invoice was open on which day, from what the ledger tells today. Pure.

Whenever the ledger does not say from which day on something was no longer owed (a credit, money that it names no
day for), it counts as never owed: the customer is not charged for what cannot be proved.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from app.late_fees.days import ONE_DAY, Days


@dataclass(frozen=True, slots=True)
class PaidPart:
    """A part that was paid, by the day the ledger gives for it."""

    day: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Debt:
    """One invoice that is or was late."""

    invoice_id: UUID
    currency: str
    total: Decimal
    open_now: Decimal
    due_on: date
    paid: tuple[PaidPart, ...] = ()
    excused: tuple[Days, ...] = ()
    """Days that are not charged for: of a dispute, a hold, a promise that was kept."""
    said_paid: Decimal = Decimal(0)
    """What the invoice itself says was paid; the payments may be read a little later."""

    @property
    def never_owed(self) -> Decimal:
        """What is gone without a day that it went on."""
        return max(Decimal(0), self.total - self.open_now - self._told)

    @property
    def is_told(self) -> bool:
        """Whether the day of all that was paid is known. As long as it is not, no charge is judged by it."""
        return self.said_paid <= self._told

    @property
    def _told(self) -> Decimal:
        return sum((part.amount for part in self.paid), Decimal(0))

    def balance_on(self, day: date) -> Decimal:
        """What was open at the end of a day. Money counts from the day it was paid."""
        paid = sum((part.amount for part in self.paid if part.day <= day), Decimal(0))
        return max(Decimal(0), self.total - self.never_owed - paid)

    def is_excused(self, day: date) -> bool:
        """Whether a day is not charged for, whatever was open."""
        return any(day in run for run in self.excused)

    def settled_on(self) -> date | None:
        """The day on which the last of it was paid; None while something is open or if it was never paid."""
        if self.open_now > 0:
            return None
        return max((part.day for part in self.paid), default=None)

    def runs(self, within: Days, *, also: Collection[date] = ()) -> Iterator[tuple[Days, Decimal]]:
        """The days within, parted wherever the balance changes or `also` says, without the excused ones."""
        cuts = {within.first, within.last + ONE_DAY, *also}
        cuts |= {part.day for part in self.paid}
        cuts |= {run.first for run in self.excused} | {run.last + ONE_DAY for run in self.excused}
        for start, end in pairwise(
            sorted(cut for cut in cuts if within.first <= cut <= within.last + ONE_DAY)
        ):
            balance = self.balance_on(start)
            if balance > 0 and not self.is_excused(start):
                yield Days(start, end - ONE_DAY), balance
