"""Takes an entry back out of the ledger, and keeps why.

What was taken back stays ours: a customer who has paid is not reminded and cannot pay again, until the bookkeeper
has it booked again or says that they booked it themselves.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connectors.base import FeeStyle, Ledger
from app.kit.errors import NotFound, Rejected, Retryable
from app.kit.ground import Ground
from app.models import WriteBack, WriteBackKind, WriteBackState
from app.payments.attempts import Wait, next_attempt
from app.payments.late_fee_correction import book_what_is_owed
from app.payments.ledger_entries import taken_back_as, undo_key
from app.payments.ledger_entry import LedgerEntry
from app.payments.replan import replan
from app.payments.together import together
from app.payments.work import Work
from app.payments.write_back_rows import want_undone
from app.sync.fresh import fresh_invoices
from app.tasks.handlers import Assignment

_NOTE = "A note stays in the invoice's history: the ledger lets nobody take one back."
_BY_HAND = "You booked this yourself, so that there is no entry of ours to take back."
_IN_DEPOSIT = (
    "This payment is part of the bank deposit with its fee. Undo the card fee of this payment first, then the "
    "payment."
)


def undo(ground: Ground, tenant_id: UUID, entry_id: UUID, *, reason: str, asked_by: UUID) -> None:
    """Have an entry taken back, with all that are one payment in the ledger with it. One that is being undone, or is
    undone, is left alone.

    Raises NotFound for an unknown entry, Rejected with a sentence if this one cannot be taken back.
    """
    if not reason.strip():
        raise Rejected("Say why this entry is undone: whoever reads the books will ask.")
    with ground.database.tenant(tenant_id) as session:
        rows = together(session, entry_id)
        if not rows:
            raise NotFound("There is no such entry.")
        if rows[0].state in (WriteBackState.UNDOING, WriteBackState.UNDONE):
            return
        if (refusal := _refusal(session, rows[0])) is not None:
            raise Rejected(refusal)
        for row in rows:
            want_undone(session, row, reason=reason.strip(), asked_by=asked_by, now=ground.clock.now())


def _refusal(session: Session, row: WriteBack) -> str | None:
    if row.kind is WriteBackKind.NOTE:
        return _NOTE
    if row.state is WriteBackState.DONE and row.external_id is None:
        return _BY_HAND
    return _IN_DEPOSIT if row.kind is WriteBackKind.PAYMENT and _is_deposited(session, row) else None


def _is_deposited(session: Session, row: WriteBack) -> bool:
    deposit = select(WriteBack.id).where(
        WriteBack.payment_id == row.payment_id,
        WriteBack.kind == WriteBackKind.FEE,
        WriteBack.fee_style == FeeStyle.DEPOSIT,
        WriteBack.external_id.is_not(None),
    )
    return session.scalar(deposit) is not None


def take_back(ground: Ground, task: Assignment, ledger: Ledger, work: Work, entry: LedgerEntry) -> None:
    """Look, take back, look again. An entry whose fate was unknown is taken back as soon as it is found."""
    external_id = work.external_id or _found(entry)
    if external_id is None:
        _wait_for_the_last_attempt(ground, work)
    else:
        _take_back(ledger, work, external_id)
        if entry.look() is not None:
            raise Retryable(f"{work.ledger} still shows the entry that we took back. We look again.")
    if work.lines:
        fresh_invoices(ground, task.tenant, [line.invoice_id for line in work.lines])
    task.renew()
    _finish(ground, task.tenant, work)


def _found(entry: LedgerEntry) -> str | None:
    booked = entry.look()
    return booked.external_id if booked else None


def _take_back(ledger: Ledger, work: Work, external_id: str) -> None:
    kind = taken_back_as(work)
    if kind is None:
        raise Rejected(_NOTE)
    ledger.take_back(kind, external_id, idempotency_key=undo_key(work, external_id))


def _wait_for_the_last_attempt(ground: Ground, work: Work) -> None:
    """Nothing is there to take back, unless a request is still under way."""
    attempt = next_attempt(key_used_at=work.key_used_at, now=ground.clock.now())
    if isinstance(attempt, Wait):
        raise Retryable(f"{work.ledger} may still take the last attempt; we look again.", after=attempt.after)
    if not attempt.with_new_key:
        raise Retryable(f"{work.ledger} may still take the last attempt; we look again.")


def _finish(ground: Ground, tenant_id: UUID, work: Work) -> None:
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        rows = together(session, work.row_id)
        if rows[0].state is not WriteBackState.UNDOING:
            return
        for row in rows:
            row.state, row.reason, row.undone_at = WriteBackState.UNDONE, None, now
            # Whatever is booked under this row from now on is another entry.
            row.external_id, row.sent_at, row.fee_style = None, None, None
        if rows[0].kind is WriteBackKind.PAYMENT:
            replan(session, now=now)
        book_what_is_owed(session, rows[0], now=now)
