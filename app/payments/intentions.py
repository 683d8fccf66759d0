"""What is written down before an entry is sent, and taken back if the ledger made nothing of it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import Retryable
from app.kit.ground import Ground
from app.models import WriteBack, WriteBackState
from app.payments.fee_style import STYLED, fix_style
from app.payments.work import Work

_ON_ITS_WAY = (WriteBackState.WAITING, WriteBackState.SENDING, WriteBackState.UNKNOWN)


def intend(ground: Ground, tenant_id: UUID, loaded: Work, sending: Work) -> None:
    """Say under which key and in which style the entry is being sent. Raises Retryable if it is another one now."""
    with ground.database.tenant(tenant_id) as session:
        row = unchanged(session, loaded)
        if row.kind in STYLED:
            fix_style(session, row, sending.style)
        row.state, row.attempts, row.sent_at = WriteBackState.SENDING, sending.attempts, sending.key_used_at


def unchanged(session: Session, loaded: Work) -> WriteBack:
    """The row, locked, if it still asks for what was loaded. Raises Retryable if somebody has changed it since."""
    row = session.get_one(WriteBack, (tenant_of(session), loaded.row_id), with_for_update=True)
    same = (row.amount, row.booked_on, row.marker) == (loaded.amount, loaded.booked_on, loaded.marker)
    if not same or row.state not in _ON_ITS_WAY:
        raise Retryable("This entry has just been changed. We look again.", after=timedelta())
    return row


def forget_attempt(ground: Ground, tenant_id: UUID, work: Work) -> None:
    """Nothing was made: another style may be chosen, and the vendor would repeat this refusal to the same key."""
    with ground.database.tenant(tenant_id) as session:
        row = session.get_one(WriteBack, (tenant_id, work.row_id), with_for_update=True)
        row.sent_at, row.fee_style = None, None
