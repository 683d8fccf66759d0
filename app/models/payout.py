"""What the processor's own books say: every movement of the tenant's balance there, and what went to the bank."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Date, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Currency, TenantRow, Timestamp, belongs_to, state_column


class PayoutState(StrEnum):
    """Where a payout is on its way to the bank."""

    ON_ITS_WAY = "on_its_way"
    PAID = "paid"
    FAILED = "failed"
    CANCELED = "canceled"


class Payout(TenantRow):
    """One transfer from the processor's balance to the business's bank: one line on its bank statement."""

    __tablename__ = "payout"
    __table_args__ = (
        belongs_to("processor_account", "processor_account_id"),
        UniqueConstraint("tenant_id", "external_id"),
        Index(None, "tenant_id", "arrives_on"),
    )

    processor_account_id: Mapped[UUID]
    external_id: Mapped[str]
    currency: Mapped[str] = mapped_column(Currency)
    amount: Mapped[Decimal]
    """Negative where the bank is debited for a balance below zero."""
    state: Mapped[PayoutState] = state_column(PayoutState, default=PayoutState.ON_ITS_WAY)
    failure: Mapped[str | None]
    is_automatic: Mapped[bool]
    """Only of these the processor tells what they are made of."""
    is_reconciled: Mapped[bool] = mapped_column(default=False)
    """The processor has told which movements it is made of, and all of them are stored."""
    arrives_on: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(Timestamp)


class MovementKind(StrEnum):
    """What moved the balance at the processor."""

    PAYMENT = "payment"
    PAYMENT_FAILURE = "payment_failure"
    REFUND = "refund"
    REFUND_FAILURE = "refund_failure"
    CHARGEBACK = "chargeback"
    CHARGEBACK_REVERSAL = "chargeback_reversal"
    FEE = "fee"
    PAYOUT = "payout"
    PAYOUT_FAILURE = "payout_failure"
    OTHER = "other"


class Movement(TenantRow):
    """One line of the processor's account (Stripe: balance transaction), ours or not. Written once, never changed
    but for the payout that it becomes part of."""

    __tablename__ = "movement"
    __table_args__ = (
        belongs_to("processor_account", "processor_account_id"),
        belongs_to("payout", "payout_id"),
        UniqueConstraint("tenant_id", "external_id"),
        Index(None, "tenant_id", "created_at"),
        Index(None, "tenant_id", "payout_id"),
        Index(None, "tenant_id", "source"),
    )

    processor_account_id: Mapped[UUID]
    external_id: Mapped[str]
    kind: Mapped[MovementKind] = state_column(MovementKind, default=MovementKind.OTHER)
    source: Mapped[str | None]
    """The processor's id of what caused it: a payment, refund, chargeback or payout, by the ids those rows carry."""
    currency: Mapped[str] = mapped_column(Currency)
    gross: Mapped[Decimal]
    fee: Mapped[Decimal]
    net: Mapped[Decimal]
    """`gross - fee`; signed: money leaving the balance is negative."""
    description: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    available_at: Mapped[datetime] = mapped_column(Timestamp)
    payout_id: Mapped[UUID | None]
