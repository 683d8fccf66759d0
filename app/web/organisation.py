"""What the frame of every page shows of the current organisation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.connectors.registry import LEDGERS
from app.kit.errors import NotFound
from app.kit.ground import Ground
from app.models import Connection, ConnectionState, Sending, Tenant

_SOON = timedelta(days=30)


@dataclass(frozen=True)
class Pause:
    """The vendor lets itself be asked again at `until`; the reason is a sentence."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class LedgerState:
    """The connection as the frame tells it."""

    key: str
    name: str
    is_connected: bool
    reason: str | None
    read_at: datetime | None
    pause: Pause | None
    """Only while it lasts."""
    consent_ends_soon_at: datetime | None
    """Only within the last 30 days."""


@dataclass(frozen=True)
class Organisation:
    """One organisation's name, zone and standing."""

    id: UUID
    name: str
    country_code: str
    base_currency: str
    time_zone: str
    sending: Sending
    ledger: LedgerState | None

    @property
    def locale(self) -> str:
        """How figures and dates are written for this organisation, as a Babel locale."""
        return "en_US" if self.country_code == "US" else "en_GB"

    @property
    def is_disconnected(self) -> bool:
        return self.ledger is None or not self.ledger.is_connected


def load_organisation(ground: Ground, tenant_id: UUID) -> Organisation:
    """Raises NotFound if the organisation is gone."""
    with ground.database.tenant(tenant_id) as session:
        tenant = session.get(Tenant, tenant_id)
        connection = session.scalar(select(Connection).order_by(Connection.connected_at.desc()).limit(1))
    if tenant is None:
        raise NotFound("This organisation no longer exists.")
    return Organisation(
        id=tenant.id,
        name=tenant.name,
        country_code=tenant.country_code,
        base_currency=tenant.base_currency,
        time_zone=tenant.time_zone,
        sending=tenant.sending,
        ledger=_ledger_state(connection, ground.clock.now()) if connection else None,
    )


def _ledger_state(connection: Connection, now: datetime) -> LedgerState:
    until, ends_at = connection.paused_until, connection.consent_ends_at
    return LedgerState(
        key=connection.ledger,
        name=LEDGERS[connection.ledger].display_name,
        is_connected=connection.state is ConnectionState.ACTIVE,
        reason=connection.reason,
        read_at=connection.read_at,
        pause=Pause(until, connection.paused_reason or "") if until and until > now else None,
        consent_ends_soon_at=ends_at if ends_at and ends_at - now < _SOON else None,
    )
