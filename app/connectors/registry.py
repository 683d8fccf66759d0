"""The one list of ledgers, and the way to a tenant's own."""

from uuid import UUID

from sqlalchemy import select

from app.connectors.base import Ledger
from app.connectors.connector import Connector
from app.connectors.refresh import StoredAccess
from app.connectors.xero.connector import XERO
from app.kit.errors import Disconnected
from app.kit.ground import Ground
from app.models import Connection, ConnectionState

LEDGERS: dict[str, Connector] = {connector.key: connector for connector in (XERO,)}


def open_ledger(ground: Ground, tenant_id: UUID) -> Ledger:
    """The tenant's ledger, connected. Raises Disconnected, with the reason, if there is no living consent.

    Keep no unit of work open while using it. It refreshes its own access token when that is about to expire.
    """
    with ground.database.tenant(tenant_id) as session:
        connection = session.scalars(select(Connection)).one_or_none()
        if connection is None:
            raise Disconnected("No ledger is connected yet.")
        if connection.state is ConnectionState.DISCONNECTED:
            raise Disconnected(connection.reason or "The ledger is disconnected. Please reconnect.")
        ledger, connection_id, organisation = connection.ledger, connection.id, connection.external_org_id
    connector = LEDGERS[ledger]
    access = StoredAccess(ground, connector, tenant_id, connection_id)
    return connector.open(ground.settings, organisation, access)
