"""Money that goes back to the payer: refunds, and chargebacks that the payer's bank decides."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Currency, TenantRow, Timestamp, belongs_to, state_column


class RefundState(StrEnum):
    """How a refund stands. `asked`: sent or about to be sent to the processor, whose answer we do not have yet."""

    ASKED = "asked"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """It never left, or came back: the money is the business's again."""


class Refund(TenantRow):
    """Money of one payment given back, by us or in the processor's dashboard. One row per refund there."""

    __tablename__ = "refund"
    __table_args__ = (
        belongs_to("payment", "payment_id"),
        UniqueConstraint("tenant_id", "external_id"),
        CheckConstraint("amount > 0", name="amount_is_positive"),
        Index(None, "tenant_id", "payment_id"),
    )

    payment_id: Mapped[UUID]
    external_id: Mapped[str | None]
    """The processor's id; NULL from the intent until its answer is stored."""
    currency: Mapped[str] = mapped_column(Currency)
    amount: Mapped[Decimal]
    surcharge: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default=text("0"))
    """What of it gives back a surcharge."""
    state: Mapped[RefundState] = state_column(RefundState, default=RefundState.ASKED)
    reason: Mapped[str | None]
    """Why, in the words of whoever asked for it here; NULL if it was made at the processor."""
    failure: Mapped[str | None]
    """What the processor says of a failed one."""
    asked_by: Mapped[UUID | None]
    """The user who asked for it here; NULL if it was made at the processor."""
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    sent_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """When the key in use was first handed to the processor, set before; NULL if it was made there."""
    settled_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """When its money moved, or came back."""


class ChargebackState(StrEnum):
    """How a chargeback stands. Until `won` or `lost`, nobody knows whose the money is."""

    INQUIRY = "inquiry"
    """The bank asks; no money has moved."""
    OPEN = "open"
    """The bank has taken the money back and waits for evidence, or weighs it."""
    WON = "won"
    """Also an inquiry that ended: the money stays with the business, or comes back."""
    LOST = "lost"


class Chargeback(TenantRow):
    """A payer's bank takes a payment back (Stripe: dispute). Not the payer's dispute of an invoice, which is a hold."""

    __tablename__ = "chargeback"
    __table_args__ = (
        belongs_to("payment", "payment_id"),
        UniqueConstraint("tenant_id", "external_id"),
        Index(None, "tenant_id", "payment_id"),
    )

    payment_id: Mapped[UUID]
    external_id: Mapped[str]
    currency: Mapped[str] = mapped_column(Currency)
    amount: Mapped[Decimal]
    state: Mapped[ChargebackState] = state_column(ChargebackState, default=ChargebackState.OPEN)
    reason: Mapped[str]
    """The bank's code, as the processor words it: `fraudulent`, `product_not_received` and others."""
    fee: Mapped[Decimal | None]
    """What the processor took for it; NULL until it has."""
    fee_returned: Mapped[Decimal | None]
    """What of the fee came back with the money; NULL until the money has."""
    fee_currency: Mapped[str | None] = mapped_column(Currency)
    evidence_due_at: Mapped[datetime | None] = mapped_column(Timestamp)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """When the money left the balance; NULL while nobody has taken it."""
    reinstated_at: Mapped[datetime | None] = mapped_column(Timestamp)
    opened_at: Mapped[datetime] = mapped_column(Timestamp)
    closed_at: Mapped[datetime | None] = mapped_column(Timestamp)
