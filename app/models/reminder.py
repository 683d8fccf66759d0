"""What is planned, what was decided and why, and what left the house."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Currency, TenantRow, Timestamp, belongs_to, state_column, state_type


class ReminderState(StrEnum):
    """The words the workspace shows. Every reminder is in exactly one of them."""

    PLANNED = "planned"
    HELD = "held"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


# States in which a reminder has not begun to leave: a replan may still move or drop it.
UNDECIDED = (ReminderState.PLANNED, ReminderState.HELD)


class Reminder(TenantRow):
    """One message's worth: one customer, one currency, one sending day, covering one or more invoices."""

    __tablename__ = "reminder"
    __table_args__ = (
        belongs_to("customer", "customer_id"),
        belongs_to("cadence_step", "step_id"),
        # Whatever crashes: one reminder per customer, currency and day that was not skipped.
        Index(
            None,
            "tenant_id",
            "customer_id",
            "currency",
            "send_on",
            unique=True,
            postgresql_where=text("state <> 'skipped'"),
        ),
        # The dispatcher reads what is due, what waits for its time again, and what nobody has settled.
        Index(
            None, "tenant_id", "due_at", postgresql_where=text("state NOT IN ('sent', 'failed', 'skipped')")
        ),
    )

    customer_id: Mapped[UUID]
    currency: Mapped[str] = mapped_column(Currency)
    step_id: Mapped[UUID]
    """The step that words the message: that of the invoice longest overdue."""
    cadence_version: Mapped[int]
    send_on: Mapped[date] = mapped_column(Date)
    """The sending day in the organisation's zone."""
    due_at: Mapped[datetime] = mapped_column(Timestamp)
    state: Mapped[ReminderState] = state_column(ReminderState, default=ReminderState.PLANNED)
    reason_code: Mapped[str | None]
    """A word for code and counts, such as `paid`, `no_email`, `ledger_unreachable`."""
    reason: Mapped[str | None]
    """The same as a sentence for the business."""
    facts: Mapped[dict[str, Any] | None]
    """What the last decision saw: balances by invoice number and when they were read. No addresses."""
    channels: Mapped[list[str]] = mapped_column(
        ARRAY(Text), default=lambda: ["email"], server_default="{email}"
    )
    """Fixed at planning, in the step's order; empty for a step that asks a person to act."""
    channel_place: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Which of the channels it is at: the next one is tried when the one before did not deliver."""
    first_on: Mapped[date | None] = mapped_column(Date)
    """The first day for which it was planned while nothing but the house stood in its way; NULL: `send_on`."""
    planned_at: Mapped[datetime] = mapped_column(Timestamp)
    needs_confirmation: Mapped[bool] = mapped_column(default=False)
    """Nothing leaves until the owner has seen it: planned before a confirmation, or stopped by the volume brake."""
    confirmed_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """When the owner confirmed exactly this reminder. The volume brake expects it."""
    decided_at: Mapped[datetime | None] = mapped_column(Timestamp)
    lease_until: Mapped[datetime | None] = mapped_column(Timestamp)
    """While sending: by the database's wall clock, until when the claiming worker is trusted to be alive."""


class ReminderInvoice(TenantRow):
    """An invoice that a reminder covers, at the step it had reached.

    The unique key is the last guard against a repeated reminder: an invoice has each repeat of a step at most once,
    unless the reminder that had it was skipped (`is_spent` false frees it).
    """

    __tablename__ = "reminder_invoice"
    __table_args__ = (
        belongs_to("reminder", "reminder_id", on_delete="CASCADE"),
        belongs_to("invoice", "invoice_id"),
        belongs_to("cadence_step", "step_id"),
        UniqueConstraint("tenant_id", "reminder_id", "invoice_id"),
        Index(
            None,
            "tenant_id",
            "invoice_id",
            "step_id",
            "occurrence",
            unique=True,
            postgresql_where=text("is_spent"),
        ),
    )

    reminder_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    step_id: Mapped[UUID]
    occurrence: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """0 the first time the invoice has the step, then counting its repeats."""
    reached_on: Mapped[date | None] = mapped_column(Date)
    """The day the step counted to, before weekends and holidays moved it."""
    is_spent: Mapped[bool] = mapped_column(default=True)
    amount_due: Mapped[Decimal | None]
    """The balance the message named; set when it is composed."""


class MessageState(StrEnum):
    """One attempt on one channel."""

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Delivery(StrEnum):
    """What became of a message after it was sent, as far as the vendor tells."""

    DELIVERED = "delivered"
    READ = "read"
    UNDELIVERED = "undelivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class Message(TenantRow):
    """One attempt to deliver a reminder on one channel. Written before the channel is called (law 2)."""

    __tablename__ = "message"
    __table_args__ = (
        belongs_to("reminder", "reminder_id"),
        UniqueConstraint("tenant_id", "reminder_id", "attempt"),
        Index(None, "tenant_id", "started_at"),
        # Receipts name one of the two.
        UniqueConstraint("tenant_id", "marker"),
        Index(None, "tenant_id", "vendor_id"),
    )

    reminder_id: Mapped[UUID]
    attempt: Mapped[int]
    channel: Mapped[str]
    state: Mapped[MessageState] = state_column(MessageState, default=MessageState.SENDING)
    recipient_sealed: Mapped[bytes]
    copies_sealed: Mapped[bytes | None]
    """JSON with the further addresses of a mail, `to` and `cc`, sealed; NULL when there are none."""
    content_sealed: Mapped[bytes]
    """JSON with subject, text and html as they left, sealed."""
    marker: Mapped[str]
    """Our own id of the attempt at the vendor: the Message-ID of a mail. Asked for when an outcome is unknown."""
    vendor_id: Mapped[str | None]
    reason: Mapped[str | None]
    delivery: Mapped[Delivery | None] = mapped_column(state_type(Delivery))
    delivery_code: Mapped[str | None]
    """The vendor's own code, where it names one."""
    delivery_at: Mapped[datetime | None] = mapped_column(Timestamp)
    started_at: Mapped[datetime] = mapped_column(Timestamp)
    finished_at: Mapped[datetime | None] = mapped_column(Timestamp)
