"""A tenant's OAuth link to its ledger, and how far the mirror has followed it."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, TenantRow, Timestamp, belongs_to, belongs_to_tenant, state_column


class ConnectionState(StrEnum):
    """Whether the consent is alive as far as we know."""

    ACTIVE = "active"
    DISCONNECTED = "disconnected"


class Connection(TenantRow):
    """One tenant's link to one ledger. Tokens are sealed as one JSON text."""

    __tablename__ = "connection"
    __table_args__ = (belongs_to_tenant(), UniqueConstraint("tenant_id", "ledger"))

    ledger: Mapped[str]
    """Key of the connector."""
    external_org_id: Mapped[str]
    external_connection_id: Mapped[str]
    """The vendor's id of the consent to this organisation, which may be another than the organisation's."""
    state: Mapped[ConnectionState] = state_column(ConnectionState, default=ConnectionState.ACTIVE)
    reason: Mapped[str | None]
    tokens_sealed: Mapped[bytes]
    tokens_expire_at: Mapped[datetime] = mapped_column(Timestamp)
    consent_ends_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """When the consent ends whatever we do; NULL where the vendor names no such day."""
    paused_until: Mapped[datetime | None] = mapped_column(Timestamp)
    """Until then the vendor is not asked: a daily limit is used up."""
    paused_reason: Mapped[str | None]
    lock_date: Mapped[date | None]
    """Last day of the closed period in the ledger, if any."""
    short_code: Mapped[str | None]
    """The vendor's handle for deep links into its own pages."""
    connected_at: Mapped[datetime] = mapped_column(Timestamp)
    read_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """When the ledger was last read successfully."""
    read_whole_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """When every row was last read, not only those the ledger called changed. NULL until the first pull since
    (re)connecting is complete."""


class SyncCursor(TenantRow):
    """Per resource: everything changed in the ledger before this moment is in the mirror."""

    __tablename__ = "sync_cursor"
    __table_args__ = (
        belongs_to("connection", "connection_id", on_delete="CASCADE"),
        UniqueConstraint("tenant_id", "connection_id", "resource"),
    )

    connection_id: Mapped[UUID]
    resource: Mapped[str]
    changed_since: Mapped[datetime] = mapped_column(Timestamp)


class SyncState(StrEnum):
    """How a pull stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class SyncRun(TenantRow):
    """One pull from the ledger, with its progress for the page and the terminal."""

    __tablename__ = "sync_run"
    __table_args__ = (belongs_to("connection", "connection_id", on_delete="CASCADE"),)

    connection_id: Mapped[UUID]
    is_first: Mapped[bool]
    state: Mapped[SyncState] = state_column(SyncState, default=SyncState.RUNNING)
    resource: Mapped[str | None]
    """What is being read now."""
    rows_read: Mapped[int] = mapped_column(default=0)
    rows_expected: Mapped[int | None]
    rows_changed: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(Timestamp)
    finished_at: Mapped[datetime | None] = mapped_column(Timestamp)
    reason: Mapped[str | None]
    is_whole: Mapped[bool] = mapped_column(server_default=text("false"))
    """Read every row and compared the mirror with the ledger by count and sum."""
    rows_repaired: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    is_equal: Mapped[bool | None]
    """What the comparison of a whole read found in the end; NULL if none was made."""


class OAuthAttempt(Base):
    """A sign-in or connect that has left for the vendor. Its state value works once, for ten minutes."""

    __tablename__ = "oauth_attempt"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    state_hash: Mapped[str] = mapped_column(unique=True)
    ledger: Mapped[str]
    purpose: Mapped[str]
    """`sign_in` or `connect`."""
    browser_hash: Mapped[str]
    """Hash of a random value kept in the session cookie: the callback must come from the same browser."""
    user_id: Mapped[UUID | None]
    verifier_sealed: Mapped[bytes]
    """The PKCE code verifier, sealed by the platform."""
    nonce: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(Timestamp)
    used_at: Mapped[datetime | None] = mapped_column(Timestamp)
    grant_sealed: Mapped[bytes | None]
    """After the callback of a connect, until an organisation is chosen: the tokens, sealed by the platform."""
    organisation: Mapped[str | None]
    """The organisation that the callback named, where the vendor names one; believed only once read."""


class Route(Base):
    """Which tenant a value from outside belongs to: a ledger's organisation, a card account, a link's token.

    Ids and hashes only. Doors that know no tenant yet look here first.
    """

    __tablename__ = "route"

    kind: Mapped[str] = mapped_column(primary_key=True)
    """Key of a connector, `stripe` or `pay_link`."""
    outside_key: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    """Id of the tenant's row behind it: connection, processor account or pay link."""
