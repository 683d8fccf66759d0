"""What a bookkeeper can say about an entry that waits for them: try again, book again, or `I did it myself`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.kit.errors import NotFound
from app.kit.ground import Ground
from app.models import WriteBack, WriteBackState
from app.payments.outcomes import after_done
from app.payments.together import part_ways, together
from app.payments.write_back_rows import BY_HAND, wake

_FOR_A_PERSON = (WriteBackState.PARKED, WriteBackState.UNDONE)


def retry(ground: Ground, tenant_id: UUID, row_id: UUID) -> None:
    """Look and try again what was parked; book again what was undone. Raises NotFound for an unknown row.

    What is one payment in the ledger is tried as one.
    """
    with ground.database.tenant(tenant_id) as session:
        rows = _rows(session, row_id)
        if rows[0].state in _FOR_A_PERSON:
            for row in rows:
                row.state = WriteBackState.UNDOING if _is_to_be_undone(row) else WriteBackState.WAITING
                row.reason = None
            wake(session, rows[0], now=ground.clock.now())


def booked_by_hand(ground: Ground, tenant_id: UUID, row_id: UUID) -> None:
    """The bookkeeper has seen to it: we make no entry, and stop counting it as missing in the ledger.

    An entry that the ledger did not let us take back stays as it is, with all that are one payment with it; else the
    others wait for their own word. Raises NotFound for an unknown row.
    """
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        rows = _rows(session, row_id)
        if rows[0].state in _FOR_A_PERSON:
            stays = _is_to_be_undone(rows[0]) and rows[0].external_id is not None
            if len(rows) > 1 and not stays:
                rows = part_ways(session, rows, [row_id])
            for row in rows:
                settle_by_hand(row, now=now)
                after_done(session, row, now=now)


def settle_by_hand(row: WriteBack, *, now: datetime) -> None:
    """The entry, locked by the caller, is the bookkeeper's."""
    if _is_to_be_undone(row) and row.external_id is not None:
        row.undo_reason, row.undo_asked_by, row.reason = None, None, None
    else:
        # No longer tied to an entry of ours: one that was deleted must not count as missing again.
        row.reason, row.external_id = BY_HAND, None
    row.state, row.done_at = WriteBackState.DONE, now


def _is_to_be_undone(row: WriteBack) -> bool:
    return row.undo_reason is not None and row.undone_at is None


def _rows(session: Session, row_id: UUID) -> list[WriteBack]:
    rows = together(session, row_id)
    if not rows:
        raise NotFound("There is no such entry.")
    return rows
