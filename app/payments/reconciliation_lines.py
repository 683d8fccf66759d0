"""What Stripe moved, what we put down for it, and what stands in the ledger: equal, or told why not. Pure.

Everything is compared per cause (a payment, refund, chargeback, payout, or a movement that is none of these), because
its parts may come on different days. All amounts are of one currency and signed as the clearing account sees them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from app.models import MovementKind, WriteBackKind, WriteBackState

_OUT_OF_CLEARING = (
    WriteBackKind.FEE,
    WriteBackKind.SURCHARGE_RETURNED,
    WriteBackKind.REFUND,
    WriteBackKind.CHARGEBACK,
    WriteBackKind.CHARGEBACK_FEE,
    WriteBackKind.TRANSFER,
)
_BESIDE_CLEARING = (WriteBackKind.NOTE, WriteBackKind.LATE_FEE)
_IN_THE_LEDGER = (WriteBackState.DONE, WriteBackState.UNDOING)
_UNDER_WAY = (
    WriteBackState.WAITING,
    WriteBackState.SENDING,
    WriteBackState.UNKNOWN,
    WriteBackState.UNDOING,
)


class Standing(StrEnum):
    """Why the three sides of a cause are equal or not."""

    AGREES = "agrees"
    SETTLED = "settled"
    """They differ, and somebody has said that they have seen to it."""
    WAITS = "waits"
    UNDONE = "undone"
    FEE_UNKNOWN = "fee_unknown"
    PAYOUT_UNDER_WAY = "payout_under_way"
    UNDER_WAY = "under_way"
    CONVERTED = "converted"
    NOT_TOLD = "not_told"
    NOT_OURS = "not_ours"
    NOT_RECORDED = "not_recorded"
    DIFFERS = "differs"


_OVER = frozenset({Standing.AGREES, Standing.SETTLED})
_FOR_TIME = frozenset(
    {
        Standing.FEE_UNKNOWN,
        Standing.PAYOUT_UNDER_WAY,
        Standing.UNDER_WAY,
        Standing.NOT_TOLD,
        Standing.NOT_RECORDED,
    }
)
_FOR_THE_BOOKKEEPER = frozenset({Standing.CONVERTED, Standing.NOT_OURS, Standing.DIFFERS})


@dataclass(frozen=True, slots=True)
class Settled:
    """Somebody has said of a difference that they have seen to it."""

    amount: Decimal
    """The difference that they saw."""
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Booked:
    """One entry of a cause."""

    id: UUID
    kind: WriteBackKind
    amount: Decimal
    state: WriteBackState
    reason: str | None
    booked_on: date
    could_not_be_undone: bool = False
    """It was to be taken back, and the ledger did not let go of it."""

    @property
    def stands(self) -> bool:
        """Whether the ledger has it."""
        return self.state in _IN_THE_LEDGER or (
            self.state is WriteBackState.PARKED and self.could_not_be_undone
        )

    @property
    def can_retry(self) -> bool:
        """Whether it waits for a person."""
        return self.state in (WriteBackState.PARKED, WriteBackState.UNDONE)


@dataclass(frozen=True, slots=True)
class Cause:
    """Everything known of what moved money."""

    source: str
    """Stripe's id of it."""
    kind: MovementKind | None
    """None while Stripe's list does not have it."""
    day: date
    """Of its first movement where the organisation is; without one, of its first entry."""
    payment_id: UUID | None
    payout: str | None
    """Stripe's id of the payout it became part of."""
    movements: tuple[Decimal, ...]
    entries: tuple[Booked, ...]
    is_ours: bool
    is_fee_known: bool = True
    arrives_on: date | None = None
    """Of a payout that has not arrived yet."""
    other_currency: str | None = None
    """In which another part of it was told or booked, because Stripe converted it."""
    settled: Settled | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A cause with its three sides."""

    cause: Cause
    stripe: Decimal
    ours: Decimal
    """What the entries we have put down come to."""
    ledger: Decimal
    """What those come to that stand in the ledger, ours and those that the bookkeeper made by hand."""
    standing: Standing

    @property
    def difference(self) -> Decimal:
        """How much the ledger has too little (positive) or too much."""
        return self.stripe - self.ledger

    @property
    def agrees(self) -> bool:
        """Nothing is left to do or to wait for."""
        return self.standing in _OVER

    @property
    def needs_time_only(self) -> bool:
        """It becomes equal by itself."""
        return self.standing in _FOR_TIME

    @property
    def can_be_settled(self) -> bool:
        """Nothing of ours makes it equal: whoever keeps the books sees to it, and says so."""
        return self.standing in _FOR_THE_BOOKKEEPER

    def in_ledger_by(self, last: date) -> Decimal:
        """What of it the ledger has on its days up to `last`, whenever it was entered."""
        return _sum(entry for entry in self._standing_entries() if entry.booked_on <= last)

    def days_after(self, last: date) -> list[date]:
        """On which later days the rest stands."""
        return sorted(
            {
                entry.booked_on
                for entry in self._standing_entries()
                if entry.booked_on > last and signed(entry.kind, entry.amount)
            }
        )

    def _standing_entries(self) -> Iterator[Booked]:
        return (entry for entry in self.cause.entries if entry.stands)


def signed(kind: WriteBackKind, amount: Decimal) -> Decimal:
    """What an entry does to the clearing account. A note does nothing, a late fee is owed and not yet paid."""
    if kind in _BESIDE_CLEARING:
        return Decimal(0)
    return -amount if kind in _OUT_OF_CLEARING else amount


def lines(causes: Iterable[Cause]) -> list[Line]:
    """A line for each cause: differences first, then what needs only time, each part by day."""
    return sorted((_line(cause) for cause in causes), key=_place)


def _place(line: Line) -> tuple[bool, bool, date, str]:
    return (line.agrees, line.needs_time_only, line.cause.day, line.cause.source)


def _line(cause: Cause) -> Line:
    stripe = sum(cause.movements, Decimal(0))
    ours = _sum(entry for entry in cause.entries if entry.state is not WriteBackState.UNDONE)
    ledger = _sum(entry for entry in cause.entries if entry.stands)
    standing = _standing(cause, stripe, ours, ledger)
    is_settled = cause.settled is not None and cause.settled.amount == stripe - ledger
    if is_settled and standing in _FOR_THE_BOOKKEEPER:
        standing = Standing.SETTLED
    return Line(cause, stripe, ours, ledger, standing)


def _sum(entries: Iterable[Booked]) -> Decimal:
    return sum((signed(entry.kind, entry.amount) for entry in entries), Decimal(0))


def _standing(cause: Cause, stripe: Decimal, ours: Decimal, ledger: Decimal) -> Standing:
    """What a person can mend comes before what only needs time."""
    states = {entry.state for entry in cause.entries if signed(entry.kind, entry.amount)}
    if WriteBackState.PARKED in states:
        return Standing.WAITS
    if stripe == ours == ledger and not states & set(_UNDER_WAY):
        return Standing.AGREES
    if WriteBackState.UNDONE in states:
        return Standing.UNDONE
    if states & set(_UNDER_WAY):
        return Standing.UNDER_WAY
    return _unbooked(cause)


def _unbooked(cause: Cause) -> Standing:
    """Everything that was put down is in the ledger, and yet it is not what Stripe moved."""
    if cause.other_currency is not None:
        return Standing.CONVERTED
    if not cause.movements:
        return Standing.NOT_TOLD
    if not cause.is_ours:
        return Standing.NOT_OURS
    if cause.arrives_on is not None:
        return Standing.PAYOUT_UNDER_WAY
    if not cause.is_fee_known:
        return Standing.FEE_UNKNOWN
    return Standing.DIFFERS if cause.entries else Standing.NOT_RECORDED
