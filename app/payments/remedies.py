"""What a bookkeeper can say about an entry that waits for them: try again, book again, or `I did it myself`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.kit.errors import NotFound
from app.kit.ground import Ground
from app.models import WriteBack, WriteBackState
from app.payments.outcomes import after_done
from app.payments.write_back_rows import wake

_FOR_A_PERSON = (WriteBackState.PARKED, WriteBackState.UNDONE)
_BY_HAND = "Booked by hand."


def retry(ground: Ground, tenant_id: UUID, row_id: UUID) -> None:
    """Look and try again what was parked; book again what was undone. Raises NotFound for an unknown row."""
    with ground.database.tenant(tenant_id) as session:
        row = _row(session, tenant_id, row_id)
        if row.state in _FOR_A_PERSON:
            row.state = WriteBackState.UNDOING if _is_to_be_undone(row) else WriteBackState.WAITING
            row.reason = None
            wake(session, row, now=ground.clock.now())


def booked_by_hand(ground: Ground, tenant_id: UUID, row_id: UUID) -> None:
    """The bookkeeper has seen to it: we make no entry, and stop counting it as missing in the ledger.

    An entry that the ledger did not let us take back stays as it is. Raises NotFound for an unknown row.
    """
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        row = _row(session, tenant_id, row_id)
        if row.state in _FOR_A_PERSON:
            settle_by_hand(row, now=now)
            after_done(session, row, now=now)


def settle_by_hand(row: WriteBack, *, now: datetime) -> None:
    """The entry, locked by the caller, is the bookkeeper's."""
    if _is_to_be_undone(row) and row.external_id is not None:
        row.undo_reason, row.undo_asked_by, row.reason = None, None, None
    else:
        # No longer tied to an entry of ours: one that was deleted must not count as missing again.
        row.reason, row.external_id = _BY_HAND, None
    row.state, row.done_at = WriteBackState.DONE, now


def _is_to_be_undone(row: WriteBack) -> bool:
    return row.undo_reason is not None and row.undone_at is None


def _row(session: Session, tenant_id: UUID, row_id: UUID) -> WriteBack:
    row = session.get(WriteBack, (tenant_id, row_id), with_for_update=True)
    if row is None:
        raise NotFound("There is no such entry.")
    return row
