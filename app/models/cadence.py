"""What a business wants sent and when, and who wants nothing."""

from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import TenantRow, Timestamp, belongs_to, belongs_to_tenant, state_column, state_type


class Grouping(StrEnum):
    """What one message covers."""

    CUSTOMER = "customer"
    """Every invoice of a customer in one currency that has reached a step."""
    INVOICE = "invoice"
    """One invoice, the longest overdue first; the others follow on other days."""


class Cadence(TenantRow):
    """A named sequence of steps. Exactly one per tenant is the default; rules assign the others."""

    __tablename__ = "cadence"
    __table_args__ = (
        belongs_to_tenant(),
        Index(None, "tenant_id", unique=True, postgresql_where=text("is_default")),
    )

    name: Mapped[str]
    is_default: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(default="en", server_default="en")
    """ISO 639-1: in which language its steps' own mails are written."""
    version: Mapped[int] = mapped_column(default=1)
    """Grows with every saved change, so that a reminder tells which cadence it was planned from."""
    send_hour: Mapped[int] = mapped_column(default=9)
    """Hour of the recipient's day at which reminders leave."""
    weekdays: Mapped[list[int]] = mapped_column(
        ARRAY(SmallInteger), default=lambda: [0, 1, 2, 3, 4], server_default="{0,1,2,3,4}"
    )
    """Days on which reminders leave; 0 is Monday."""
    opens_at: Mapped[time] = mapped_column(default=time(8), server_default="08:00")
    """Reminders leave between these two times of the recipient's day, never before 8:00 and never after 21:00."""
    closes_at: Mapped[time] = mapped_column(default=time(21), server_default="21:00")
    keeps_holidays: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    """Nothing leaves on public holidays of the business or of the recipient."""
    grouping: Mapped[Grouping] = mapped_column(
        state_type(Grouping), default=Grouping.CUSTOMER, server_default=Grouping.CUSTOMER
    )
    changed_at: Mapped[datetime] = mapped_column(Timestamp)
    archived_at: Mapped[datetime | None] = mapped_column(Timestamp)


class Anchor(StrEnum):
    """From which day a step counts its days."""

    DUE = "due"
    ISSUED = "issued"
    PREVIOUS = "previous"
    """The day on which the invoice had the step before this one."""


class Counts(StrEnum):
    """Which days are counted."""

    CALENDAR = "calendar"
    BUSINESS = "business"
    """Days on which the cadence's reminders may leave: its weekdays without public holidays."""


class Tone(StrEnum):
    """How a step speaks."""

    GENTLE = "gentle"
    STANDARD = "standard"
    FIRM = "firm"


class Attachment(StrEnum):
    """What goes with the message."""

    NONE = "none"
    INVOICE = "invoice"
    STATEMENT = "statement"


class StepAction(StrEnum):
    """What a step does."""

    MESSAGE = "message"
    TASK = "task"
    """A person is asked to act; nothing is sent to the customer."""


class OnlyAfter(StrEnum):
    """What must have happened for a step to come at all."""

    PROMISE_BROKEN = "promise_broken"


class CadenceStep(TenantRow):
    """One reminder of a cadence. Steps are retired, not deleted: reminders name them."""

    __tablename__ = "cadence_step"
    __table_args__ = (
        belongs_to("cadence", "cadence_id"),
        Index(None, "tenant_id", "cadence_id", postgresql_where=text("retired_at IS NULL")),
        CheckConstraint("repeat_every_days IS NULL OR repeat_limit BETWEEN 1 AND 100", name="repeats_end"),
    )

    cadence_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """The order in which the owner put the steps; what "the step before" means."""
    anchor: Mapped[Anchor] = mapped_column(state_type(Anchor), default=Anchor.DUE, server_default=Anchor.DUE)
    offset_days: Mapped[int]
    """Days after the anchor; negative before it, 0 on it."""
    counts: Mapped[Counts] = mapped_column(
        state_type(Counts), default=Counts.CALENDAR, server_default=Counts.CALENDAR
    )
    channels: Mapped[list[str]] = mapped_column(
        ARRAY(Text), default=lambda: ["email"], server_default="{email}"
    )
    """In the order of preference: `email`, `sms`, `whatsapp`."""
    tone: Mapped[Tone] = mapped_column(state_type(Tone), default=Tone.STANDARD, server_default=Tone.STANDARD)
    sender_name: Mapped[str | None]
    """NULL: the business."""
    recipient_role: Mapped[str] = mapped_column(default="billing", server_default="billing")
    """Which of the customer's contacts gets it: a `ContactRole`."""
    cc_sealed: Mapped[bytes | None]
    """JSON list of further mail addresses, sealed."""
    attachment: Mapped[Attachment] = mapped_column(
        state_type(Attachment), default=Attachment.NONE, server_default=Attachment.NONE
    )
    min_balance: Mapped[Decimal | None]
    """Invoices with less left to pay do not come to this step. In the invoice's currency."""
    max_balance: Mapped[Decimal | None]
    """Invoices with more left to pay do not come to this step."""
    repeat_every_days: Mapped[int | None]
    """Calendar days after which it comes again, until the next step's day."""
    repeat_limit: Mapped[int | None]
    """How many times it comes again after the first."""
    action: Mapped[StepAction] = mapped_column(
        state_type(StepAction), default=StepAction.MESSAGE, server_default=StepAction.MESSAGE
    )
    only_after: Mapped[OnlyAfter | None] = mapped_column(state_type(OnlyAfter))
    """NULL: always. A step after a broken promise counts its days from the day of the promise."""
    subject: Mapped[str]
    body: Mapped[str]
    """Jinja2 text, rendered in a sandbox with the variables of `app.reminders.compose`."""
    retired_at: Mapped[datetime | None] = mapped_column(Timestamp)


class CadenceRule(TenantRow):
    """Which customers and invoices a cadence is for. The first rule that fits decides; none: the default."""

    __tablename__ = "cadence_rule"
    __table_args__ = (
        belongs_to("cadence", "cadence_id"),
        # Checked at the end of the transaction, so that two rules may change places.
        UniqueConstraint("tenant_id", "position", deferrable=True, initially="DEFERRED"),
    )

    cadence_id: Mapped[UUID]
    position: Mapped[int]
    conditions: Mapped[dict[str, Any]]
    """`app.reminders.conditions.Conditions` as JSON; all of them have to hold."""


class CustomerTag(TenantRow):
    """A word the business has put on a customer, for rules and holds."""

    __tablename__ = "customer_tag"
    __table_args__ = (
        belongs_to("customer", "customer_id"),
        UniqueConstraint("tenant_id", "customer_id", "tag"),
        Index(None, "tenant_id", "tag"),
    )

    customer_id: Mapped[UUID]
    tag: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Timestamp)


class CatchUpMode(StrEnum):
    """What becomes of reminders that were due while nothing could leave."""

    SKIP = "skip"
    """Steps whose day has passed are never sent; the next ones come on their days."""
    LATEST = "latest"
    """Of the steps that passed only the latest is sent."""
    MERGE = "merge"
    """As `latest`, in one message per customer and currency also where each invoice has its own."""


class CatchUp(TenantRow):
    """The owner's word on reminders that were late. The newest counts."""

    __tablename__ = "catch_up"
    __table_args__ = (belongs_to_tenant(), Index(None, "tenant_id", "decided_at"))

    mode: Mapped[CatchUpMode] = state_column(CatchUpMode, default=CatchUpMode.LATEST)
    late_until: Mapped[date] = mapped_column(Date)
    """Steps whose day came before this one are what the word is about."""
    reminders: Mapped[int]
    """How many the owner was shown."""
    decided_at: Mapped[datetime] = mapped_column(Timestamp)


class OptOut(TenantRow):
    """A customer's wish to get no more reminders on a channel, with where it came from."""

    __tablename__ = "opt_out"
    __table_args__ = (
        belongs_to("customer", "customer_id"),
        UniqueConstraint("tenant_id", "customer_id", "channel"),
    )

    customer_id: Mapped[UUID]
    channel: Mapped[str]
    source: Mapped[str]
    """`one_click` (mail program), `page` (our page) or `owner`."""
    created_at: Mapped[datetime] = mapped_column(Timestamp)
