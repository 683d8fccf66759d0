"""The ledgers that this installation offers, as the pages name them."""

from app.connectors.connector import Connector
from app.connectors.registry import LEDGERS
from app.kit.errors import NotFound
from app.web.here import ground


def offered_ledgers() -> list[Connector]:
    """In the registry's order."""
    return [connector for connector in LEDGERS.values() if connector.is_offered(ground().settings)]


def offered_ledger(key: str) -> Connector:
    """Raises NotFound for one that is unknown or not set up here."""
    connector = LEDGERS.get(key)
    if connector is None or not connector.is_offered(ground().settings):
        raise NotFound("This ledger is not set up here.")
    return connector
