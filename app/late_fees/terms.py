"""A rule in values, and what an invoice was charged already. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.late_fees.law import Law
from app.models import LateFeeKind, LateFeeRuleKind


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule charges, in values."""

    kind: LateFeeRuleKind
    currency: str
    amount: Decimal | None = None
    percent: Decimal | None = None
    law: Law | None = None
    with_compensation: bool = False
    every_days: int | None = None
    grace_days: int = 0
    cap_percent: Decimal | None = None
    cap_amount: Decimal | None = None
    charges_from: date = date.min

    @property
    def has_cap(self) -> bool:
        """Whether the rule has a limit of its own."""
        return self.cap_percent is not None or self.cap_amount is not None


@dataclass(frozen=True, slots=True)
class Already:
    """What was charged or waived for an invoice before. A proposal is neither."""

    accrued_to: date | None = None
    """The last day of its fees and interest."""
    has_fee: bool = False
    has_compensation: bool = False
    charged: Decimal = Decimal(0)
    """All that was not waived."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of days with one balance and one rate."""

    from_day: date
    to_day: date
    balance: Decimal
    percent: Decimal
    amount: Decimal
    """Not rounded."""


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge as it was worked out."""

    kind: LateFeeKind
    from_day: date
    to_day: date
    base: Decimal
    rate: Decimal | None
    amount: Decimal
    spans: tuple[Span, ...] = ()
    is_capped: bool = False
    """It would be more, but for a limit."""
