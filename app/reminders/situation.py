"""What the planner is told and what it answers: plain values, so that it needs nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from app.models import Anchor, CatchUpMode, Counts, Grouping, HoldKind, OnlyAfter, StepAction
from app.reminders import reasons
from app.reminders.calendar import CLOSES_AT, OPENS_AT
from app.reminders.calendar_days import WEEKDAYS, Place
from app.reminders.conditions import Conditions, Profile
from app.reminders.reasons import Reason

Group = tuple[UUID, str]
"""Customer and currency: what shares one message."""


@dataclass(frozen=True, slots=True)
class Step:
    """A cadence's step; negative offsets lie before the anchor's day."""

    id: UUID
    offset_days: int
    anchor: Anchor = Anchor.DUE
    counts: Counts = Counts.CALENDAR
    channels: tuple[str, ...] = ("email",)
    min_balance: Decimal | None = None
    max_balance: Decimal | None = None
    repeat_every_days: int | None = None
    repeat_limit: int = 0
    """How many times it comes again after the first, if it repeats."""
    action: StepAction = StepAction.MESSAGE
    only_after: OnlyAfter | None = None

    def suits(self, balance: Decimal, promise_broken_on: date | None) -> bool:
        """Whether an invoice comes to this step at all."""
        if self.only_after is OnlyAfter.PROMISE_BROKEN and promise_broken_on is None:
            return False
        return (self.min_balance is None or balance >= self.min_balance) and (
            self.max_balance is None or balance <= self.max_balance
        )


@dataclass(frozen=True, slots=True)
class Cadence:
    """The steps in their owner's order, and when reminders leave: hours on the recipient's clock."""

    version: int
    send_hour: int
    steps: tuple[Step, ...]
    weekdays: frozenset[int] = WEEKDAYS
    opens_at: time = OPENS_AT
    closes_at: time = CLOSES_AT
    keeps_holidays: bool = True
    grouping: Grouping = Grouping.CUSTOMER


@dataclass(frozen=True, slots=True)
class Rule:
    """Invoices that fit the conditions follow this cadence."""

    conditions: Conditions
    cadence: Cadence


@dataclass(frozen=True, slots=True)
class Had:
    """A step an invoice has had or is having just now."""

    step: Step
    occurrence: int
    on: date
    """The day in the organisation's zone for which its reminder was planned."""


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
    had: tuple[Had, ...] = ()
    stop: Stop | None = None
    issued_on: date | None = None
    """None if nobody asked: no step counts from it."""
    total: Decimal | None = None
    """None if nobody asked: no rule looks at it."""
    promise_broken_on: date | None = None
    """The day a promise to pay was found broken, if it still is."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whether and where a customer can be written to at all."""

    has_address: bool = True
    """A mail address."""
    is_active: bool = True
    opted_out: bool = False
    """Of mail."""
    stop: Stop | None = None
    phone_channels: frozenset[str] = frozenset()
    """Those of `sms` and `whatsapp` on which the customer has a number and has not said no."""
    zones: tuple[str, ...] = ()
    """The zones the customer may be in; empty: the organisation's."""
    place: Place | None = None
    """Whose public holidays count besides the organisation's."""

    def reaches(self, channel: str) -> bool:
        """Whether a message may go this way."""
        if channel == "email":
            return self.has_address and not self.opted_out
        return channel in self.phone_channels

    def obstacle(self, channels: tuple[str, ...] = ("email",)) -> Reason | None:
        """Why no reminder can be planned for this customer on any of the channels, or None."""
        if not self.is_active:
            return reasons.INACTIVE
        if any(self.reaches(channel) for channel in channels):
            return None
        if "email" not in channels:
            return reasons.NO_PHONE
        return reasons.OPTED_OUT if self.opted_out else reasons.NO_EMAIL


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
