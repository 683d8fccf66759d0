"""The rows of entries: put down once each, woken, and marked to be taken back."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.models import WriteBack, WriteBackKind, WriteBackState
from app.payments.entries import Entry
from app.payments.first_day import is_booked_by_business
from app.tasks import kinds
from app.tasks.queue import enqueue

BY_HAND = "Booked by hand."
_OURS_NO_LONGER = (
    "This was undone, but you had booked it yourself. Take it back in your books too, then say here that you "
    "booked it yourself."
)


def add_entry(
    session: Session,
    entry: Entry,
    *,
    now: datetime,
    payment_id: UUID | None = None,
    refund_id: UUID | None = None,
    chargeback_id: UUID | None = None,
    payout_id: UUID | None = None,
    late_fee_id: UUID | None = None,
) -> None:
    """The row of an entry and its task, unless the row is there already. A note is woken by its payment; what the
    business has booked by itself needs no task."""
    row = put_down(
        session,
        entry,
        now=now,
        payment_id=payment_id,
        refund_id=refund_id,
        chargeback_id=chargeback_id,
        payout_id=payout_id,
        late_fee_id=late_fee_id,
    )
    if row is not None and entry.kind is not WriteBackKind.NOTE and row.state is WriteBackState.WAITING:
        wake(session, row, now=now)


def put_down(session: Session, entry: Entry, *, now: datetime, **cause: UUID | None) -> WriteBack | None:
    """The row of an entry, by the column that names its cause; None if it is there already.

    One of the time that the business has booked by itself is done as soon as it is there.
    """
    is_theirs = is_booked_by_business(session, entry, payment_id=cause.get("payment_id"))
    row_id = session.scalar(
        insert(WriteBack)
        .values(
            tenant_id=tenant_of(session),
            id=uuid4(),
            **cause,
            kind=entry.kind,
            invoice_id=entry.invoice_id,
            currency=entry.currency,
            amount=entry.amount,
            booked_on=entry.booked_on,
            marker=entry.marker,
            state=WriteBackState.DONE if is_theirs else WriteBackState.WAITING,
            reason=BY_HAND if is_theirs else None,
            done_at=now if is_theirs else None,
            attempts=0,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(WriteBack.id)
    )
    return None if row_id is None else session.get_one(WriteBack, (tenant_of(session), row_id))


def wake(session: Session, row: WriteBack, *, now: datetime) -> None:
    """Let a worker look at an entry now; at the one that leads it, if it is a line of another one's payment."""
    leader_id = row.leader_id or row.id
    enqueue(
        session,
        kind=kinds.WRITE_BACK,
        tenant_id=row.tenant_id,
        subject_id=leader_id,
        key=task_key(leader_id),
        run_at=now,
        now=now,
    )


def task_key(row_id: UUID) -> str:
    """The key of an entry's task."""
    return f"{kinds.WRITE_BACK}:{row_id}"


def want_undone(
    session: Session, row: WriteBack, *, reason: str, asked_by: UUID | None, now: datetime
) -> None:
    """Mark an entry, locked by the caller, to be taken back. One that was never sent is undone at once.

    The same fact may be told again: what the bookkeeper is asked about, or has answered, stays so.
    """
    if row.state in (WriteBackState.UNDOING, WriteBackState.UNDONE) or _is_asked_about(row):
        return
    row.undo_reason, row.undo_asked_by, row.undone_at = reason, asked_by, None
    if row.external_id is None and row.state is WriteBackState.DONE:
        row.state, row.reason = WriteBackState.PARKED, _OURS_NO_LONGER
    elif row.external_id is None and row.sent_at is None:
        row.state, row.reason, row.undone_at = WriteBackState.UNDONE, None, now
    else:
        row.state, row.reason = WriteBackState.UNDOING, None
        wake(session, row, now=now)


def _is_asked_about(row: WriteBack) -> bool:
    """No entry of ours is known, and it is the bookkeeper's to take theirs back."""
    is_theirs = row.external_id is None and row.state in (WriteBackState.PARKED, WriteBackState.DONE)
    return is_theirs and row.undo_reason is not None and row.undone_at is None
