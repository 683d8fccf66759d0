"""Beside the message: a business's own mail server, and what became of mails."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import TenantRow, Timestamp, belongs_to_tenant, state_column


class MailSecurity(StrEnum):
    """How the line to a mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"
    """Only where the installation allows it (development)."""


class OwnMailServer(TenantRow):
    """The mail server that a business sends by instead of ours. In use once a test mail has left by it."""

    __tablename__ = "own_mail_server"
    __table_args__ = (belongs_to_tenant(), UniqueConstraint("tenant_id"))

    host: Mapped[str]
    port: Mapped[int]
    security: Mapped[MailSecurity] = state_column(MailSecurity, default=MailSecurity.STARTTLS)
    user_name: Mapped[str]
    password_sealed: Mapped[bytes | None]
    sender_sealed: Mapped[bytes]
    """The address that mails come from."""
    changed_at: Mapped[datetime] = mapped_column(Timestamp)
    proven_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """When a test mail left by exactly this server; NULL again after every change."""


class DomainState(StrEnum):
    """Whether mails may come from a domain, as Amazon has it."""

    PENDING = "pending"
    """The records are not seen in the name service yet."""
    VERIFIED = "verified"
    FAILED = "failed"
    """Not seen within 72 hours: it has to be asked for again."""


class MailDomain(TenantRow):
    """A business's own domain, from which its mails come by Amazon once the domain's owner has proven it (DKIM)."""

    __tablename__ = "mail_domain"
    __table_args__ = (belongs_to_tenant(), UniqueConstraint("tenant_id"))

    domain: Mapped[str]
    """In lower case, international ones in their ASCII form."""
    sender_sealed: Mapped[bytes]
    """The address at this domain that mails come from."""
    tokens: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Each is the name and the target of one record in the name service."""
    state: Mapped[DomainState] = state_column(DomainState, default=DomainState.PENDING)
    asked_at: Mapped[datetime] = mapped_column(Timestamp)
    looked_at: Mapped[datetime] = mapped_column(Timestamp)
    """When Amazon was last asked."""


class MailEvent(TenantRow):
    """What a mail vendor told of a mail, stored before it is answered and applied by a task."""

    __tablename__ = "mail_event"
    __table_args__ = (
        belongs_to_tenant(),
        UniqueConstraint("tenant_id", "external_id"),
        Index(None, "tenant_id", "received_at"),
    )

    external_id: Mapped[str]
    """What makes it the same when it is delivered again."""
    marker: Mapped[str]
    """Our own id of the attempt, as on the message."""
    vendor_id: Mapped[str]
    fact: Mapped[str]
    """A value of `app.channels.email.ses_events.MailFact`."""
    code: Mapped[str | None]
    recipients_sealed: Mapped[bytes | None]
    """JSON list of the addresses it is about, sealed; NULL where the vendor named none."""
    happened_at: Mapped[datetime] = mapped_column(Timestamp)
    received_at: Mapped[datetime] = mapped_column(Timestamp)
    applied_at: Mapped[datetime | None] = mapped_column(Timestamp)
