"""The one list of ledgers, and the way to a tenant's own."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.connectors.base import Ledger
from app.connectors.connector import Connector
from app.connectors.fenced_pace import FencedPace
from app.connectors.pace import Urgency
from app.connectors.quickbooks.connector import QUICKBOOKS
from app.connectors.refresh import StoredAccess
from app.connectors.turns import pace_of
from app.connectors.xero.connector import XERO
from app.kit.errors import Disconnected, Paused
from app.kit.ground import Ground
from app.models import Connection, ConnectionState

LEDGERS: dict[str, Connector] = {connector.key: connector for connector in (XERO, QUICKBOOKS)}


def open_ledger(
    ground: Ground,
    tenant_id: UUID,
    *,
    urgency: Urgency = Urgency.BACKGROUND,
    still_ours: Callable[[], None] | None = None,
) -> Ledger:
    """The tenant's ledger, connected. Raises Disconnected, with the reason, if there is no living consent, and
    Paused while the vendor is not to be asked.

    Keep no unit of work open while using it. It refreshes its own access token when that is about to expire.
    `still_ours` is called right before each call, and raises if somebody else has taken the work over.
    """
    with ground.database.tenant(tenant_id) as session:
        connection = _living(session.scalars(select(Connection)).one_or_none(), now=ground.clock.now())
        ledger, connection_id, organisation = connection.ledger, connection.id, connection.external_org_id
    connector = LEDGERS[ledger]
    access = StoredAccess(ground, connector, tenant_id, connection_id)
    pace = pace_of(ground, connector, organisation, urgency, tenant_id=tenant_id, connection_id=connection_id)
    fenced = FencedPace(pace, still_ours) if still_ours is not None else pace
    return connector.open(ground.settings, organisation, access, fenced)


def _living(connection: Connection | None, *, now: datetime) -> Connection:
    if connection is None:
        raise Disconnected("No ledger is connected yet.")
    if connection.state is ConnectionState.DISCONNECTED:
        raise Disconnected(connection.reason or "The ledger is disconnected. Please reconnect.")
    if connection.paused_until is not None and connection.paused_until > now:
        reason = connection.paused_reason or "The ledger is not asked for a while. We go on by ourselves."
        raise Paused(reason, after=connection.paused_until - now)
    return connection
