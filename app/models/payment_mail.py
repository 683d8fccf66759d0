"""Mails about payments: the payer's receipt, the news that a debit failed, and the notices to the business."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import TenantRow, Timestamp, belongs_to, state_column, state_type
from app.models.reminder import Delivery


class PaymentMailKind(StrEnum):
    """What it says, and to whom."""

    RECEIPT = "receipt"
    """To the payer: the money has come."""
    NOTICE = "notice"
    """To the business: a customer has paid."""
    DEBIT_FAILED = "debit_failed"
    """To the payer: the bank debit did not go through, the invoices are open again."""
    DEBIT_FAILED_NOTICE = "debit_failed_notice"
    """To the business: the same."""


class PaymentMailState(StrEnum):
    """How it stands, in the words of messages. `unknown` is settled by asking, never by sending again."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"
    """Nobody to write to, not wanted, or too late to be news; `reason` says which."""


class PaymentMail(TenantRow):
    """One mail about one payment. Each kind leaves at most once, whatever is told how often.

    The row's id is its marker at the vendor.
    """

    __tablename__ = "payment_mail"
    __table_args__ = (
        belongs_to("payment", "payment_id"),
        UniqueConstraint("tenant_id", "payment_id", "kind"),
        Index(None, "tenant_id", "state"),
    )

    payment_id: Mapped[UUID]
    kind: Mapped[PaymentMailKind] = state_column(PaymentMailKind, default=PaymentMailKind.RECEIPT)
    state: Mapped[PaymentMailState] = mapped_column(
        state_type(PaymentMailState), default=PaymentMailState.WAITING
    )
    recipients_sealed: Mapped[bytes | None]
    """JSON list of addresses, sealed; NULL until it is first handed over."""
    content_sealed: Mapped[bytes | None]
    """JSON with subject, text and html as they left, sealed."""
    vendor_id: Mapped[str | None]
    reason: Mapped[str | None]
    delivery: Mapped[Delivery | None] = mapped_column(state_type(Delivery))
    delivery_at: Mapped[datetime | None] = mapped_column(Timestamp)
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    finished_at: Mapped[datetime | None] = mapped_column(Timestamp)
