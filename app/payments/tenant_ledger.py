"""The tenant's kind of ledger, as far as the rest of payments must know what it can do."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connectors.base import FeeStyle
from app.connectors.connector import Connector
from app.connectors.registry import LEDGERS
from app.models import Connection


def tenant_connector(session: Session) -> Connector | None:
    """The connector of the tenant's ledger, connected or not; None before there was a first connection."""
    ledger = session.scalar(select(Connection.ledger))
    return LEDGERS.get(ledger) if ledger else None


def fee_styles(session: Session) -> tuple[FeeStyle, ...]:
    """How fees can be booked in the tenant's ledger, the usual way first."""
    connector = tenant_connector(session)
    return connector.fee_styles if connector else (FeeStyle.EXPENSE,)
