"""The movement of the balance that an entry for money given back or returned is about."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Chargeback, Movement, MovementKind, Refund, WriteBack, WriteBackKind

MOVED_BY = {
    MovementKind.REFUND: (WriteBackKind.REFUND, WriteBackKind.SURCHARGE_RETURNED),
    MovementKind.REFUND_FAILURE: (WriteBackKind.REFUND_RETURNED,),
    MovementKind.CHARGEBACK: (WriteBackKind.CHARGEBACK,),
    MovementKind.CHARGEBACK_REVERSAL: (WriteBackKind.CHARGEBACK_RETURNED,),
}
"""The entries that one movement is for."""


def movements_of(session: Session, row: WriteBack) -> Sequence[Movement]:
    """As far as they are known; none for an entry of another kind."""
    kinds = [kind for kind, moved in MOVED_BY.items() if row.kind in moved]
    source = select(Refund.external_id).where(Refund.id == row.refund_id)
    if row.chargeback_id is not None:
        source = select(Chargeback.external_id).where(Chargeback.id == row.chargeback_id)
    told = select(Movement).where(Movement.source == source.scalar_subquery(), Movement.kind.in_(kinds))
    return session.scalars(told).all()
