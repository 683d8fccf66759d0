"""What is written down before an entry is sent, and taken back if the ledger made nothing of it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.kit.errors import Retryable
from app.kit.ground import Ground
from app.models import WriteBack, WriteBackState
from app.payments.fee_style import STYLED, fix_style
from app.payments.together import together
from app.payments.work import Work

_ON_ITS_WAY = (WriteBackState.WAITING, WriteBackState.SENDING, WriteBackState.UNKNOWN)


def intend(ground: Ground, tenant_id: UUID, loaded: Work, sending: Work) -> None:
    """Say under which key and in which style the entry is being sent. Raises Retryable if it is another one now."""
    with ground.database.tenant(tenant_id) as session:
        for row in unchanged(session, loaded):
            if row.kind in STYLED:
                fix_style(session, row, sending.style)
            row.state, row.attempts, row.sent_at = (
                WriteBackState.SENDING,
                sending.attempts,
                sending.key_used_at,
            )


def unchanged(session: Session, loaded: Work) -> list[WriteBack]:
    """The rows of the entry, locked, if they still ask for what was loaded, and nobody has sent them since.

    Raises Retryable otherwise. A worker that was overtaken may have seen an invoice that the other one's attempt has
    just settled: it must not take that for somebody else's money.
    """
    rows = together(session, loaded.row_id)
    wanted = {line.row_id: line.amount for line in loaded.lines} or {loaded.row_id: loaded.amount}
    is_same = {row.id: row.amount for row in rows} == wanted and all(
        (row.booked_on, row.state in _ON_ITS_WAY) == (loaded.booked_on, True) for row in rows
    )
    last_sent = (loaded.attempts, loaded.key_used_at, loaded.marker)
    if not is_same or (rows[0].attempts, rows[0].sent_at, rows[0].marker) != last_sent:
        raise Retryable("This entry has just been changed. We look again.", after=timedelta())
    return rows


def forget_attempt(ground: Ground, tenant_id: UUID, work: Work) -> None:
    """Nothing was made: another style may be chosen, and the vendor would repeat this refusal to the same key."""
    with ground.database.tenant(tenant_id) as session:
        for row in together(session, work.row_id):
            row.sent_at, row.fee_style = None, None
