"""Who we work for (tenants) and who signs in (users)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Currency, Timestamp, state_column, state_type
from app.models.cadence import CatchUpMode


class Sending(StrEnum):
    """Whether reminders may leave. A new tenant starts on hold until its owner has seen the list (law 9)."""

    HELD_UNTIL_CONFIRMED = "held_until_confirmed"
    ON = "on"
    PAUSED = "paused"


class Tenant(Base):
    """One organisation's books. Under row-level security by its own id."""

    __tablename__ = "tenant"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str]
    data_key: Mapped[bytes]
    """The tenant's data key, wrapped by the master key."""
    base_currency: Mapped[str] = mapped_column(Currency)
    country_code: Mapped[str]
    region: Mapped[str | None]
    """State or province, ISO 3166-2 without the country: it decides on public holidays."""
    time_zone: Mapped[str]
    """IANA name; due dates are days in this zone."""
    reply_to_sealed: Mapped[bytes | None]
    """Where customers' replies go: the business's own mail address, sealed."""
    sending: Mapped[Sending] = state_column(Sending, default=Sending.HELD_UNTIL_CONFIRMED)
    sending_changed_at: Mapped[datetime | None] = mapped_column(Timestamp)
    usual_catch_up: Mapped[CatchUpMode | None] = mapped_column(state_type(CatchUpMode))
    """What the owner usually says about what is late: chosen beforehand on the page, never without a word."""
    part_payments: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether a payer may pay less of an invoice than is open."""
    least_part: Mapped[int] = mapped_column(default=10, server_default=text("10"))
    """The least that may be paid of an invoice, in per cent of its balance: an amount would suit one currency only."""
    bank_details_sealed: Mapped[bytes | None]
    """How to pay without a card, in the business's words; shown where cards are not taken, or cost the payer more."""
    payment_notices: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    """Whether whoever connected the books gets a mail of each payment."""
    created_at: Mapped[datetime] = mapped_column(Timestamp)


class UserAccount(Base):
    """A person who signs in through a ledger's identity. Name and address are sealed by the platform."""

    __tablename__ = "user_account"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    issuer: Mapped[str]
    subject: Mapped[str]
    name_sealed: Mapped[bytes]
    email_sealed: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    signed_in_at: Mapped[datetime] = mapped_column(Timestamp)


class EndedSession(Base):
    """A session that was signed out of. Its cookie stays valid by itself for hours, and somebody may have copied it."""

    __tablename__ = "ended_session"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """As it stands in the cookie."""
    ended_at: Mapped[datetime] = mapped_column(Timestamp)


class Membership(Base):
    """Which users work for which tenants. Ids only, so that a sign-in can find its tenants."""

    __tablename__ = "membership"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Timestamp)
