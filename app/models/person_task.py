"""What only a person can decide or do, kept until it is done."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Date, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Currency, TenantRow, Timestamp, belongs_to, state_column


class PersonTaskKind(StrEnum):
    """What it is about, which also says what can be done with one tap."""

    CLAIM = "claim"
    DISPUTE = "dispute"
    PROMISE_BROKEN = "promise_broken"
    PROBABLY_PAID = "probably_paid"
    CADENCE_STEP = "cadence_step"
    DOUBLE_PAYMENT = "double_payment"
    REFUND_FAILED = "refund_failed"
    CHARGEBACK = "chargeback"


class PersonTask(TenantRow):
    """One thing to do about one customer. The same thing is never asked for twice while it is open."""

    __tablename__ = "person_task"
    __table_args__ = (
        belongs_to("customer", "customer_id"),
        Index(
            "ix_person_task_open",
            "tenant_id",
            "kind",
            "subject_id",
            "currency",
            unique=True,
            postgresql_where=text("done_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        Index(None, "tenant_id", "customer_id"),
    )

    kind: Mapped[PersonTaskKind] = state_column(PersonTaskKind, default=PersonTaskKind.CADENCE_STEP)
    customer_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    """The claim, dispute, promise, reminder, payment, refund, chargeback or customer it is about."""
    currency: Mapped[str | None] = mapped_column(Currency)
    amount: Mapped[Decimal | None]
    words: Mapped[str]
    """What happened, as a sentence without names."""
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    snoozed_until: Mapped[date | None] = mapped_column(Date)
    """The first day on which it is shown again."""
    done_at: Mapped[datetime | None] = mapped_column(Timestamp)
    done_by: Mapped[UUID | None]
    """The user who did it; NULL where it settled itself."""
