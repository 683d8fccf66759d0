"""A ledger's past as far as its mirror tells: which invoice was open on which day. Pure.

History has gaps, and each is closed towards fewer reminders: a credit without a day counts from the day of issue,
and a payment counts from the morning of its day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from uuid import UUID

from app.models import InvoiceState
from app.reminders.calendar_days import Place
from app.reminders.situation import Addressee

Fall = tuple[date, Decimal]
"""A day, and by how much less was owed from its morning on."""
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class PastInvoice:
    """An invoice with everything that made its balance smaller."""

    id: UUID
    customer_id: UUID
    currency: str
    issued_on: date
    due_on: date
    total: Decimal
    falls: tuple[Fall, ...] = ()
    """The earliest first; each of them more than nothing."""

    @property
    def settled_on(self) -> date | None:
        """The first day on which nothing was owed any more; None: something still is."""
        if self.total <= 0:
            return self.issued_on
        left = accumulate(
            (fall for _, fall in self.falls), lambda rest, fall: rest - fall, initial=self.total
        )
        days = (self.issued_on, *(day for day, _ in self.falls))
        return next((day for day, rest in zip(days, left, strict=True) if rest <= 0), None)

    def balance_on(self, day: date) -> Decimal:
        """What was owed on that day; never less than nothing."""
        gone = sum((fall for at, fall in self.falls if at <= day), _NOTHING)
        return max(self.total - gone, _NOTHING)


@dataclass(frozen=True)
class Books:
    """What a replay runs on. Addresses and time zones are today's: nobody kept the earlier ones."""

    zone: str
    place: Place | None
    invoices: Sequence[PastInvoice]
    addressees: Mapping[UUID, Addressee]


def falls_of(
    *,
    state: InvoiceState,
    total: Decimal,
    amount_due: Decimal,
    issued_on: date,
    ended_on: date | None,
    payments: Sequence[Fall],
) -> tuple[Fall, ...]:
    """What made the balance smaller, and when; `payments` are the dated ones.

    `ended_on` is the day on which the ledger says that it was paid, or the day of the last change of a voided one,
    which is assumed to be the day it was voided. What neither a payment nor that day explains counts from the
    day of issue.
    """
    dated = sorted((max(day, issued_on), amount) for day, amount in payments if amount > 0)
    left_now = amount_due if state is InvoiceState.OPEN else _NOTHING
    unexplained = total - left_now - sum((amount for _, amount in dated), _NOTHING)
    if unexplained > 0:
        day = ended_on if ended_on is not None and state is not InvoiceState.OPEN else issued_on
        dated.append((max(day, issued_on), unexplained))
    return tuple(sorted(dated))
