"""A cadence, its steps and whom it is for, as the planner knows them."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from uuid import UUID

from app.models import Anchor, ContactRole, Counts, Grouping, OnlyAfter, StepAction
from app.reminders.calendar import CLOSES_AT, OPENS_AT
from app.reminders.calendar_days import WEEKDAYS
from app.reminders.conditions import Conditions


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
    recipient_role: str = ContactRole.BILLING
    """Which of the customer's contacts it writes to."""

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
