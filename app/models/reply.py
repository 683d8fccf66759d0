"""What customers answer, on whatever channel."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import TenantRow, Timestamp, belongs_to, state_column, state_type


class ReplyKind(StrEnum):
    """Who wrote it, a person or a machine."""

    UNREAD = "unread"
    """Taken in, not looked into yet."""
    WRITTEN = "written"
    """By a person: reminders stop for a while."""
    AUTOMATIC = "automatic"
    """A machine answers for somebody: out of office, a ticket's number. Changes nothing."""
    BOUNCE = "bounce"
    """A mail server tells that a mail did not arrive."""
    TOO_MANY = "too_many"
    """One of more in a day than any person writes: kept unread."""


class ForwardState(StrEnum):
    """Whether the business has it in its own inbox."""

    NOT_WANTED = "not_wanted"
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Reply(TenantRow):
    """One answer of one customer. Everything a person wrote is sealed."""

    __tablename__ = "reply"
    __table_args__ = (
        belongs_to("customer", "customer_id"),
        belongs_to("reminder", "reminder_id"),
        UniqueConstraint("tenant_id", "channel", "external_id"),
        Index(None, "tenant_id", "customer_id", "received_at"),
    )

    customer_id: Mapped[UUID]
    reminder_id: Mapped[UUID | None]
    """The reminder it answers, where that can be told."""
    channel: Mapped[str]
    external_id: Mapped[str]
    """The vendor's id of it, so that it is taken once."""
    kind: Mapped[ReplyKind] = state_column(ReplyKind, default=ReplyKind.UNREAD)
    received_at: Mapped[datetime] = mapped_column(Timestamp)
    sender_sealed: Mapped[bytes | None]
    """The address or number it came from."""
    subject_sealed: Mapped[bytes | None]
    text_sealed: Mapped[bytes | None]
    """What was written, without what it quotes."""
    raw_sealed: Mapped[bytes | None]
    """As it came, until it has been read and forwarded."""
    is_suspicious: Mapped[bool] = mapped_column(default=False)
    """The vendor's filter took it for unwanted or dangerous, or its sender cannot be believed."""
    forward_state: Mapped[ForwardState] = mapped_column(
        state_type(ForwardState),
        default=ForwardState.NOT_WANTED,
        server_default=text("'not_wanted'"),
    )
    forward_reason: Mapped[str | None]
    forwarded_at: Mapped[datetime | None] = mapped_column(Timestamp)
