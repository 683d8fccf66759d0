"""What a business wants sent, when, and what it wants left alone."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Date, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import TenantRow, Timestamp, belongs_to, belongs_to_tenant, state_column


class Cadence(TenantRow):
    """A named sequence of steps. Exactly one per tenant is the default."""

    __tablename__ = "cadence"
    __table_args__ = (
        belongs_to_tenant(),
        Index(None, "tenant_id", unique=True, postgresql_where=text("is_default")),
    )

    name: Mapped[str]
    is_default: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    """Grows with every saved change, so that a reminder tells which cadence it was planned from."""
    send_hour: Mapped[int] = mapped_column(default=9)
    """Hour of the day, in the organisation's zone, at which reminders leave."""
    changed_at: Mapped[datetime] = mapped_column(Timestamp)


class CadenceStep(TenantRow):
    """One reminder of a cadence, relative to the due date. Steps are retired, not deleted: reminders name them."""

    __tablename__ = "cadence_step"
    __table_args__ = (
        belongs_to("cadence", "cadence_id"),
        Index(
            None,
            "tenant_id",
            "cadence_id",
            "offset_days",
            unique=True,
            postgresql_where=text("retired_at IS NULL"),
        ),
    )

    cadence_id: Mapped[UUID]
    offset_days: Mapped[int]
    """Days after the due date; negative before it, 0 on it."""
    subject: Mapped[str]
    body: Mapped[str]
    """Jinja2 text, rendered in a sandbox with the variables of `app.reminders.compose`."""
    retired_at: Mapped[datetime | None] = mapped_column(Timestamp)


class HoldScope(StrEnum):
    """What a hold covers."""

    CUSTOMER = "customer"
    INVOICE = "invoice"


class Hold(TenantRow):
    """A reason not to remind one customer or one invoice, with an end or until it is lifted."""

    __tablename__ = "hold"
    __table_args__ = (
        belongs_to_tenant(),
        Index(
            None, "tenant_id", "scope", "subject_id", unique=True, postgresql_where=text("lifted_at IS NULL")
        ),
    )

    scope: Mapped[HoldScope] = state_column(HoldScope, default=HoldScope.INVOICE)
    subject_id: Mapped[UUID]
    reason: Mapped[str]
    until: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    lifted_at: Mapped[datetime | None] = mapped_column(Timestamp)


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
