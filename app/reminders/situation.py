"""What the planner is told and what it answers: plain values, so that it needs nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from app.models import HoldKind
from app.reminders import reasons
from app.reminders.reasons import Reason

Group = tuple[UUID, str]
"""Customer and currency: what shares one message."""


@dataclass(frozen=True, slots=True)
class Step:
    """A cadence's step; negative offsets lie before the due date."""

    id: UUID
    offset_days: int


@dataclass(frozen=True, slots=True)
class Cadence:
    """The steps in order of their offsets, and the local hour at which reminders leave."""

    version: int
    send_hour: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """Something that holds: up to and including `until`, or without an end."""

    reason: str
    until: date | None
    kind: HoldKind = HoldKind.MANUAL

    def why(self) -> Reason:
        """The same as a code and a sentence."""
        return reasons.stopped(self.kind, self.reason, self.until)


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An open invoice as far as planning needs it."""

    id: UUID
    customer_id: UUID
    currency: str
    due_on: date
    balance: Decimal
    """What is left to pay after payments that the ledger does not show yet."""
    last_offset: int | None = None
    """The largest offset of the steps this invoice already had."""
    stop: Stop | None = None


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whether a customer can be written to at all."""

    has_address: bool = True
    is_active: bool = True
    opted_out: bool = False
    stop: Stop | None = None

    def obstacle(self) -> Reason | None:
        """Why no reminder can be planned for this customer, or None."""
        if not self.is_active:
            return reasons.INACTIVE
        if self.opted_out:
            return reasons.OPTED_OUT
        if not self.has_address:
            return reasons.NO_EMAIL
        return None


@dataclass(frozen=True, slots=True)
class Past:
    """What has been decided for a customer and currency before."""

    last_on: date | None = None
    """The latest day that had its message (or its decision to send none)."""
    not_before: datetime | None = None
    """A reminder that waits for its time is not planned earlier."""


@dataclass(frozen=True)
class Situation:
    """Everything the planner is told."""

    now: datetime
    zone: str
    cadence: Cadence
    invoices: Sequence[OpenInvoice]
    addressees: Mapping[UUID, Addressee]
    past: Mapping[Group, Past] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Covered:
    """An invoice in a reminder, at the step it will have reached."""

    invoice_id: UUID
    step_id: UUID


@dataclass(frozen=True, slots=True)
class Planned:
    """The next reminder of one customer in one currency, or what stands in its way."""

    customer_id: UUID
    currency: str
    send_on: date
    due_at: datetime
    step_id: UUID
    """The step that words the message: that of the invoice longest overdue."""
    covered: tuple[Covered, ...]
    obstacle: Reason | None = None

    @property
    def group(self) -> Group:
        return self.customer_id, self.currency
