"""A payment of ours that somebody deleted in the ledger: the invoice looks open there, but the customer has paid.

Nobody is reminded of it and nobody can pay it again (`coverage`), until the bookkeeper says what became of it.
"""

from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.models import LedgerPayment, WriteBack, WriteBackKind, WriteBackState
from app.payments.replan import replan

_REASON = (
    "This payment was deleted in the ledger after it was booked, but the customer has paid it by card, so nobody "
    "is reminded of it. Press Try again to book it; if you refunded it or entered it in another way, say that "
    "you booked it yourself."
)
_CHANGED = (
    "This payment has another amount in the ledger than we booked: somebody has changed it. Put it back there and "
    "press Try again, or undo it and book it again. To leave it as it is, say that you booked it yourself."
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


def park_what_was_changed(session: Session) -> int:
    """Ask about every booked payment that has another amount in the mirror than we entered; how many rows there were.

    The lines of one payment share its id, and are asked about together.
    """
    entered = (
        select(WriteBack.external_id, func.sum(WriteBack.amount).label("amount"))
        .where(WriteBack.kind == WriteBackKind.PAYMENT, WriteBack.state == WriteBackState.DONE)
        .group_by(WriteBack.external_id)
        .subquery()
    )
    mirrored = (
        select(LedgerPayment.external_id)
        .join(entered, entered.c.external_id == LedgerPayment.external_id)
        .where(~LedgerPayment.is_deleted, LedgerPayment.amount != entered.c.amount)
    )
    rows = session.scalars(
        select(WriteBack)
        .where(
            WriteBack.kind == WriteBackKind.PAYMENT,
            WriteBack.state == WriteBackState.DONE,
            WriteBack.external_id.in_(mirrored),
        )
        .order_by(WriteBack.id)
        .with_for_update()
    ).all()
    for row in rows:
        row.state, row.reason = WriteBackState.PARKED, _CHANGED
    return len(rows)
