"""What the gate can say of a reminder: send it, drop it, or hold it. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from app.reminders.reasons import Reason


@dataclass(frozen=True, slots=True)
class OpenLine:
    """An invoice the message names, at its live balance."""

    invoice_id: UUID
    step_id: UUID
    number: str
    reference: str
    issued_on: date
    due_on: date
    balance: Decimal


@dataclass(frozen=True)
class Send:
    """Let it leave, for these invoices, the longest overdue first; the others are left out."""

    lines: tuple[OpenLine, ...]
    left_out: Mapping[UUID, Reason] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        return sum((line.balance for line in self.lines), Decimal(0))


@dataclass(frozen=True, slots=True)
class Drop:
    """It is not needed any more."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Hold:
    """Not now: again at `until`; without one, when what holds it has changed."""

    reason: Reason
    until: datetime | None = None
    needs_confirmation: bool = False


Verdict = Send | Drop | Hold
