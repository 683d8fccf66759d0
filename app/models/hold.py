"""What a business wants left alone: holds with their reason and their end, and the rules that make them."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Date, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import (
    Currency,
    TenantRow,
    Timestamp,
    belongs_to,
    belongs_to_tenant,
    state_column,
    state_type,
)


class HoldScope(StrEnum):
    """What a hold covers."""

    CUSTOMER = "customer"
    INVOICE = "invoice"


class HoldKind(StrEnum):
    """Why nothing is sent. The last four are worked out whenever they are asked for and never stored as rows.

    `OTHER_SENDER` is either: the owner's word is a row, a mail that the ledger tells of is worked out.
    """

    MANUAL = "manual"
    PROMISE = "promise"
    DISPUTE = "dispute"
    CLAIMED_PAID = "claimed_paid"
    REPLIED = "replied"
    BOUNCED = "bounced"
    OTHER_SENDER = "other_sender"
    PROBABLY_PAID = "probably_paid"
    IN_FLIGHT = "in_flight"
    TAG = "tag"
    BELOW_MINIMUM = "below_minimum"


class HoldSource(StrEnum):
    """Who said so."""

    OWNER = "owner"
    PAYER = "payer"
    LEDGER = "ledger"
    SYSTEM = "system"


class Hold(TenantRow):
    """A reason not to remind one customer or one invoice, with an end or until it is lifted."""

    __tablename__ = "hold"
    __table_args__ = (
        belongs_to_tenant(),
        Index(
            "ix_hold_in_force",
            "tenant_id",
            "scope",
            "subject_id",
            "kind",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
        Index(None, "tenant_id", "subject_id"),
    )

    scope: Mapped[HoldScope] = state_column(HoldScope, default=HoldScope.INVOICE)
    subject_id: Mapped[UUID]
    kind: Mapped[HoldKind] = mapped_column(
        state_type(HoldKind),
        default=HoldKind.MANUAL,
        server_default=text("'manual'"),
    )
    source: Mapped[HoldSource] = mapped_column(
        state_type(HoldSource),
        default=HoldSource.OWNER,
        server_default=text("'owner'"),
    )
    placed_by: Mapped[UUID | None]
    """The user who placed it, where a user did."""
    reason: Mapped[str]
    until: Mapped[date | None] = mapped_column(Date)
    """The last day it covers."""
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    lifted_at: Mapped[datetime | None] = mapped_column(Timestamp)


class Waiver(TenantRow):
    """The owner's word to remind although money of the customer lies unapplied, up to the amount they saw."""

    __tablename__ = "waiver"
    __table_args__ = (
        belongs_to("customer", "customer_id"),
        UniqueConstraint("tenant_id", "customer_id", "currency"),
    )

    customer_id: Mapped[UUID]
    currency: Mapped[str] = mapped_column(Currency)
    amount: Mapped[Decimal]
    created_at: Mapped[datetime] = mapped_column(Timestamp)


class HoldRules(TenantRow):
    """One row for a tenant that changed a rule of holding; without it the defaults stand."""

    __tablename__ = "hold_rules"
    __table_args__ = (belongs_to_tenant(), UniqueConstraint("tenant_id"))

    claim_days: Mapped[int] = mapped_column(default=5)
    """Business days that "I have paid" holds an invoice if no money arrives."""
    stand_down_days: Mapped[int] = mapped_column(default=7)
    """Days without reminders after somebody else has written to the customer."""
    quiet_books_days: Mapped[int | None] = mapped_column(default=None)
    """Business days without any receipt after which nothing is sent, where receipts used to come; NULL for never."""
    changed_at: Mapped[datetime] = mapped_column(Timestamp)


class MinimumBalance(TenantRow):
    """Customers who owe less than this in a currency are not reminded."""

    __tablename__ = "minimum_balance"
    __table_args__ = (belongs_to_tenant(), UniqueConstraint("tenant_id", "currency"))

    currency: Mapped[str] = mapped_column(Currency)
    amount: Mapped[Decimal]
    changed_at: Mapped[datetime] = mapped_column(Timestamp)


class ExcludedTag(TenantRow):
    """Customers with this tag get no reminders."""

    __tablename__ = "excluded_tag"
    __table_args__ = (belongs_to_tenant(), UniqueConstraint("tenant_id", "tag"))

    tag: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(Timestamp)
