"""What the planner is told and what it answers: plain values, so that it needs nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from app.models import CatchUpMode
from app.reminders.addressee import Addressee, Stop
from app.reminders.cadence_values import Cadence, Had, Rule, Step
from app.reminders.calendar_days import Place
from app.reminders.conditions import Profile
from app.reminders.reasons import Reason

__all__ = [
    "Addressee",
    "Cadence",
    "Contact",
    "Covered",
    "Group",
    "Had",
    "Late",
    "OpenInvoice",
    "Past",
    "Planned",
    "Rule",
    "Situation",
    "Step",
    "Stop",
]

Group = tuple[UUID, str]
"""Customer and currency: what shares one message."""


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An open invoice as far as planning needs it."""

    id: UUID
    customer_id: UUID
    currency: str
    due_on: date
    balance: Decimal
    """What is left to pay after payments that the ledger does not show yet."""
    had: tuple[Had, ...] = ()
    stop: Stop | None = None
    issued_on: date | None = None
    """None if nobody asked: no step counts from it."""
    total: Decimal | None = None
    """None if nobody asked: no rule looks at it."""
    promise_broken_on: date | None = None
    """The day a promise to pay was found broken, if it still is."""


@dataclass(frozen=True, slots=True)
class Past:
    """What has been decided for a customer and currency before."""

    last_on: date | None = None
    """The latest day that had its message (or its decision to send none)."""
    not_before: datetime | None = None
    """A reminder that waits for its time is not planned earlier."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A message a customer has had, or is having: on which day of the organisation, on which channel."""

    on: date
    channel: str


@dataclass(frozen=True, slots=True)
class Late:
    """The owner's word on steps whose day came before `until` while nothing could leave."""

    mode: CatchUpMode
    until: date


@dataclass(frozen=True)
class Situation:
    """Everything the planner is told."""

    now: datetime
    zone: str
    cadence: Cadence
    """For invoices that no rule fits."""
    invoices: Sequence[OpenInvoice]
    addressees: Mapping[UUID, Addressee]
    past: Mapping[Group, Past] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    profiles: Mapping[UUID, Profile] = field(default_factory=dict)
    """What rules ask about customers; empty if no rule asks."""
    contacts: Mapping[UUID, tuple[Contact, ...]] = field(default_factory=dict)
    """What customers had in the last seven days, by customer."""
    place: Place | None = None
    late: Late | None = None

    @property
    def cadences(self) -> tuple[Cadence, ...]:
        """All that may be followed."""
        return (self.cadence, *(rule.cadence for rule in self.rules))


@dataclass(frozen=True, slots=True)
class Covered:
    """An invoice in a reminder, at the step it will have reached."""

    invoice_id: UUID
    step_id: UUID
    occurrence: int = 0
    reached_on: date | None = None
    """The day the step counted to. None only in rows of before it was kept."""


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
    channels: tuple[str, ...] = ("email",)
    """In the order of preference; empty if the step asks a person to act."""
    cadence_version: int = 1
    reached_on: date | None = None
    """The first day on which it could have left: for what is late, a day that has passed."""

    @property
    def group(self) -> Group:
        return self.customer_id, self.currency
