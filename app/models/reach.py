"""How customers may be reached by phone: the business's senders, its templates, and consent."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import TenantRow, Timestamp, belongs_to, belongs_to_tenant, state_column, state_type


class SenderState(StrEnum):
    """Whether messages can leave by a sender."""

    OFF = "off"
    PENDING = "pending"
    """Asked for; the provider, a carrier or WhatsApp decides."""
    READY = "ready"
    BLOCKED = "blocked"
    """Refused or withdrawn; `reason` says what can be done."""


class ConsentBasis(StrEnum):
    """On what word of its customers a business writes to their phones."""

    EACH = "each"
    """Only those whose consent is recorded."""
    TERMS = "terms"
    """All whose number the ledger has: the business states that they agreed when they became customers."""


class PhoneAccount(TenantRow):
    """A business's own subaccount at the messaging provider, with its senders. At most one per tenant."""

    __tablename__ = "phone_account"
    __table_args__ = (belongs_to_tenant(), UniqueConstraint("tenant_id"))

    account_sid: Mapped[str]
    token_sealed: Mapped[bytes]
    """Acts for the subaccount and verifies its webhooks."""
    service_sid: Mapped[str | None]
    number: Mapped[str | None]
    """The business's own number, E.164. It is printed on every message, so it is not sealed."""
    sms_state: Mapped[SenderState] = mapped_column(state_type(SenderState), default=SenderState.PENDING)
    sms_reason: Mapped[str | None]
    whatsapp_sid: Mapped[str | None]
    whatsapp_state: Mapped[str] = mapped_column(default=SenderState.OFF.value)
    """One of `SenderState` (two checked columns of one type cannot share a table)."""
    whatsapp_reason: Mapped[str | None]
    basis: Mapped[ConsentBasis] = state_column(ConsentBasis, default=ConsentBasis.EACH)
    basis_by: Mapped[UUID | None]
    """The user who stated it."""
    basis_at: Mapped[datetime | None] = mapped_column(Timestamp)
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    looked_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """When senders, templates and unanswered messages were last asked about."""


class PhoneTemplate(TenantRow):
    """One WhatsApp text of ours at the provider, and what WhatsApp thinks of it."""

    __tablename__ = "phone_template"
    __table_args__ = (
        belongs_to("phone_account", "account_id", on_delete="CASCADE"),
        UniqueConstraint("tenant_id", "key"),
    )

    account_id: Mapped[UUID]
    key: Mapped[str]
    """Name and version of the text in `app.reminders.phone_words`."""
    content_sid: Mapped[str]
    status: Mapped[str]
    """WhatsApp's own word: `received`, `pending`, `approved`, `rejected`, `paused`."""
    reason: Mapped[str | None]
    asked_at: Mapped[datetime] = mapped_column(Timestamp)


class Consent(TenantRow):
    """A customer's word that a channel may be used, with its source. Withdrawn ones are kept as evidence."""

    __tablename__ = "consent"
    __table_args__ = (
        belongs_to("customer", "customer_id"),
        Index(
            None,
            "tenant_id",
            "customer_id",
            "channel",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL AND contact_id IS NULL"),
        ),
        Index(
            None,
            "tenant_id",
            "contact_id",
            "channel",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL AND contact_id IS NOT NULL"),
        ),
    )

    customer_id: Mapped[UUID]
    contact_id: Mapped[UUID | None]
    """Whose telephone it is about: a contact's, or NULL for the customer's own. It outlives the contact as evidence."""
    channel: Mapped[str]
    source: Mapped[str]
    """`owner` (told to the business), `portal`, or `message` (START)."""
    note: Mapped[str | None]
    """How it was given, in the words of whoever recorded it; such as “on the order form”."""
    given_by: Mapped[UUID | None]
    """The user who recorded it; NULL for the customer's own word."""
    given_at: Mapped[datetime] = mapped_column(Timestamp)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Timestamp)
    withdrawn_note: Mapped[str | None]
    withdrawn_by: Mapped[UUID | None]


class BadAddress(TenantRow):
    """An address of a customer that nothing reaches on a channel, until the ledger has another one."""

    __tablename__ = "bad_address"
    __table_args__ = (
        belongs_to("customer", "customer_id"),
        Index(
            "ix_bad_address_in_force",
            "tenant_id",
            "customer_id",
            "channel",
            unique=True,
            postgresql_where=text("mended_at IS NULL"),
        ),
    )

    customer_id: Mapped[UUID]
    channel: Mapped[str]
    address_sealed: Mapped[bytes]
    """The address that was tried. Another one in the ledger is tried anew."""
    code: Mapped[str | None]
    """The vendor's own word for why, such as `5.1.1`."""
    since: Mapped[datetime] = mapped_column(Timestamp)
    mended_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """When the ledger was first seen with another address."""
