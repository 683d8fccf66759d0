"""What a business charges for paying late: its rules, and every charge with the days it is for."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Currency, TenantRow, Timestamp, belongs_to, belongs_to_tenant, state_column


class LateFeeRuleKind(StrEnum):
    """What a rule charges."""

    FIXED = "fixed"
    """An amount."""
    PERCENT = "percent"
    """A part of what is overdue on the day of the charge."""
    STATUTORY = "statutory"
    """The interest, and if wanted the compensation, that a law gives one business against another."""


class LateFeeRule(TenantRow):
    """Which customers are charged what, when they pay late. Nothing is charged before somebody switches it on."""

    __tablename__ = "late_fee_rule"
    __table_args__ = (
        belongs_to_tenant(),
        CheckConstraint("(kind = 'fixed') = (amount IS NOT NULL)", name="amount_of_fixed"),
        CheckConstraint("(kind = 'percent') = (percent IS NOT NULL)", name="percent_of_percent"),
        CheckConstraint("(kind = 'statutory') = (law IS NOT NULL)", name="law_of_statutory"),
        CheckConstraint("switched_on_at IS NULL OR charges_from IS NOT NULL", name="starts_some_day"),
    )

    name: Mapped[str]
    tag: Mapped[str | None]
    """Customers with this tag; NULL: everybody whom no rule of a tag is for."""
    kind: Mapped[LateFeeRuleKind] = state_column(LateFeeRuleKind, default=LateFeeRuleKind.FIXED)
    currency: Mapped[str] = mapped_column(Currency)
    """Of the invoices it is for, and of what is charged."""
    amount: Mapped[Decimal | None]
    percent: Mapped[Decimal | None]
    law: Mapped[str | None]
    """A key of the dated tables of law."""
    with_compensation: Mapped[bool] = mapped_column(default=False)
    """The law's fixed sum for the costs of recovery, once for each invoice."""
    every_days: Mapped[int | None]
    """How many days one charge is for; NULL: one charge for an invoice, ever."""
    grace_days: Mapped[int] = mapped_column(default=0)
    """Whoever pays within so many days after the due date is charged nothing."""
    cap_percent: Mapped[Decimal | None]
    """All charges for an invoice are at most so much of its total."""
    cap_amount: Mapped[Decimal | None]
    pay_within_days: Mapped[int] = mapped_column(default=14)
    """When a charge is due, in days from its own date."""
    by_itself: Mapped[bool] = mapped_column(default=False)
    """Charged without anybody's click."""
    charges_from: Mapped[date | None] = mapped_column(Date)
    """No day before this one is charged for."""
    affirmed: Mapped[str | None]
    """What somebody affirmed when they switched it on, in the words they saw."""
    switched_on_at: Mapped[datetime | None] = mapped_column(Timestamp)
    switched_on_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    changed_at: Mapped[datetime] = mapped_column(Timestamp)
    ended_at: Mapped[datetime | None] = mapped_column(Timestamp)


class LateFeeKind(StrEnum):
    """What one charge is."""

    FEE = "fee"
    INTEREST = "interest"
    COMPENSATION = "compensation"


class LateFeeState(StrEnum):
    """What the business made of a charge. How it stands in the ledger is told by its `WriteBack`."""

    PROPOSED = "proposed"
    """Worked out, and shown; renewed every day until somebody decides."""
    CHARGED = "charged"
    """Decided: it is on its way to the ledger or there."""
    WAIVED = "waived"
    """It is not charged, or no longer. Its days are not charged again."""


class LateFee(TenantRow):
    """One charge for paying one invoice late: for which days, of how much, and what became of it.

    The charges of an invoice are a chain: each names the day up to which the one before it has charged, no two the
    same one, and begins after it. So the database itself lets no day be charged twice.
    """

    __tablename__ = "late_fee"
    __table_args__ = (
        belongs_to("late_fee_rule", "rule_id"),
        belongs_to("invoice", "invoice_id"),
        belongs_to("customer", "customer_id"),
        UniqueConstraint("tenant_id", "invoice_id", "kind", "to_day"),
        Index(
            "uq_late_fee_no_day_twice",
            "tenant_id",
            "invoice_id",
            "kind",
            "after_day",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        ForeignKeyConstraint(
            ["tenant_id", "invoice_id", "kind", "after_day"],
            ["late_fee.tenant_id", "late_fee.invoice_id", "late_fee.kind", "late_fee.to_day"],
            name="fk_late_fee_after_day",
        ),
        Index(
            "uq_late_fee_compensation_once",
            "tenant_id",
            "invoice_id",
            unique=True,
            postgresql_where=text("kind = 'compensation'"),
        ),
        CheckConstraint("from_day > after_day AND to_day >= from_day", name="days_follow"),
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint("state <> 'charged' OR issued_on IS NOT NULL", name="charged_some_day"),
        CheckConstraint("owed >= 0 AND owed < amount", name="owed_is_less"),
        Index(None, "tenant_id", "customer_id"),
        Index(None, "tenant_id", "state"),
    )

    rule_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    """The invoice that is late."""
    customer_id: Mapped[UUID]
    kind: Mapped[LateFeeKind] = state_column(LateFeeKind, default=LateFeeKind.FEE)
    after_day: Mapped[date | None] = mapped_column(Date)
    """Up to which day the invoice was charged before; NULL for its first charge of the kind."""
    from_day: Mapped[date] = mapped_column(Date)
    to_day: Mapped[date] = mapped_column(Date)
    """The last day charged for: the accrued-to mark."""
    base: Mapped[Decimal]
    """What was overdue on the last day charged for."""
    rate: Mapped[Decimal | None]
    """Percent: of a year for interest, of `base` for a fee; NULL for a fixed amount or where it changed meanwhile."""
    spans: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    """How the interest came about: runs of days with one balance and one rate."""
    currency: Mapped[str] = mapped_column(Currency)
    amount: Mapped[Decimal]
    description: Mapped[str]
    """What the customer reads on the charge: for which invoice, which days, at what rate."""
    grace_days: Mapped[int] = mapped_column(server_default=text("0"))
    """The rule's as it was then, as the next three: a rule that changes later changes nothing that was charged."""
    cap_percent: Mapped[Decimal | None]
    cap_amount: Mapped[Decimal | None]
    law: Mapped[str | None]
    state: Mapped[LateFeeState] = state_column(LateFeeState, default=LateFeeState.PROPOSED)
    reason: Mapped[str | None]
    """Why it was waived or corrected."""
    issued_on: Mapped[date | None] = mapped_column(Date)
    """The date of the charge in the ledger, in the organisation's zone; set when it is charged."""
    due_on: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    decided_at: Mapped[datetime | None] = mapped_column(Timestamp)
    decided_by: Mapped[UUID | None]
    """NULL where a rule charged by itself, or money that came inside the grace waived it."""
    owed: Mapped[Decimal | None]
    """What of a charge is owed by what the ledger tells now, where that is less than was charged."""
    owed_because: Mapped[str | None]
    left_at: Mapped[Decimal | None]
    """Somebody has left the charge as it is when no more than this was owed."""
    correction_asked_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """Somebody has it corrected to what is owed: its invoice is on its way out of the ledger, to be made anew."""
    charged_at_first: Mapped[Decimal | None]
    """Its amount before it was corrected."""


class LateFeeBooking(TenantRow):
    """Where charges for paying late in one currency are booked. They need no card account and no clearing account."""

    __tablename__ = "late_fee_booking"
    __table_args__ = (belongs_to_tenant(), UniqueConstraint("tenant_id", "currency"))

    currency: Mapped[str] = mapped_column(Currency)
    account_id: Mapped[UUID]
    """The account of income, by its mirror id."""
    switched_on_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """NULL until somebody has seen what a charge would be in the books and said yes: none is made before."""
    switched_on_by: Mapped[UUID | None]
    changed_at: Mapped[datetime] = mapped_column(Timestamp)
