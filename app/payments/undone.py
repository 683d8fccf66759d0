"""A payment of ours that somebody deleted in the ledger: the invoice looks open there, but the customer has paid.

Nobody is reminded of it and nobody can pay it again (`coverage`), until the bookkeeper says what became of it.
"""

from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.models import LedgerPayment, WriteBack, WriteBackKind, WriteBackState
from app.payments.replan import replan

_REASON = (
    "This payment was deleted in the ledger after it was booked, but the customer has paid it by card, so nobody "
    "is reminded of it. Press Try again to book it; if you refunded it or entered it in another way, say that "
    "you booked it yourself."
)


def park_what_was_deleted(session: Session, *, now: datetime) -> int:
    """Ask the bookkeeper about every booked payment whose entry the mirror shows as deleted; how many there were."""
    rows = session.scalars(
        select(WriteBack)
        .join(
            LedgerPayment,
            and_(
                LedgerPayment.tenant_id == WriteBack.tenant_id,
                LedgerPayment.external_id == WriteBack.external_id,
            ),
        )
        .where(
            WriteBack.kind == WriteBackKind.PAYMENT,
            WriteBack.state == WriteBackState.DONE,
            LedgerPayment.is_deleted,
        )
        .with_for_update(of=WriteBack)
    ).all()
    for row in rows:
        row.state, row.reason = WriteBackState.PARKED, _REASON
    if rows:
        replan(session, now=now)
    return len(rows)
