"""How an entry ends: seen in the ledger, parked with a sentence, or nothing to enter at all."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connectors.base import BookedEntry, FeeStyle
from app.kit.ground import Ground
from app.models import WriteBack, WriteBackKind, WriteBackState
from app.payments.fee_style import fix_style
from app.payments.mirrored import mirror_booked
from app.payments.replan import replan
from app.payments.together import together
from app.payments.work import Work
from app.payments.write_back_rows import wake
from app.sync.fresh import fresh_invoices

_NOTHING = {
    WriteBackKind.FEE: "Stripe took no fee.",
    WriteBackKind.OVERPAYMENT: "Nothing was too much in the end.",
    WriteBackKind.PAYMENT: "The invoice could take nothing of it: all of it is the customer's credit.",
}
_DECIDED = (WriteBackState.DONE, WriteBackState.UNDOING, WriteBackState.UNDONE)
_TOO_LITTLE = "Too little for the currency of the balance: nothing moved."


def finish(ground: Ground, tenant_id: UUID, work: Work, booked: BookedEntry) -> None:
    """The ledger shows it to the cent. One that somebody wants undone meanwhile goes that way instead."""
    if work.lines:
        _keep(ground, tenant_id, work, booked)
        fresh_invoices(ground, tenant_id, [line.invoice_id for line in work.lines])
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        rows = together(session, work.row_id)
        if rows[0].state is WriteBackState.UNDONE:
            return
        for row in rows:
            row.external_id = booked.external_id or None
        if rows[0].state is not WriteBackState.UNDOING:
            for row in rows:
                row.state, row.reason, row.done_at = WriteBackState.DONE, None, now
            after_done(session, rows[0], now=now)


def enter_nothing(ground: Ground, tenant_id: UUID, work: Work) -> None:
    """There is nothing to enter: whatever waits for this entry may follow."""
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        row = session.get_one(WriteBack, (tenant_id, work.row_id), with_for_update=True)
        if row.state in (WriteBackState.UNDOING, WriteBackState.UNDONE):
            return
        if row.kind is WriteBackKind.FEE:
            fix_style(session, row, work.style)
        row.state, row.reason, row.done_at = WriteBackState.DONE, _NOTHING.get(row.kind, _TOO_LITTLE), now
        after_done(session, row, now=now)


def settle(ground: Ground, tenant_id: UUID, work: Work, state: WriteBackState, *, reason: str) -> None:
    """It did not work out this time. What was finished, or is to be undone, by somebody meanwhile stays so."""
    with ground.database.tenant(tenant_id) as session:
        rows = together(session, work.row_id)
        is_parked_undo = rows[0].state is WriteBackState.UNDOING and work.is_undoing
        if is_parked_undo and state is WriteBackState.UNKNOWN:
            return
        if is_parked_undo or rows[0].state not in _DECIDED:
            for row in rows:
                row.state, row.reason = state, reason


def after_done(session: Session, row: WriteBack, *, now: datetime) -> None:
    """A booked payment changes what is owed, and whatever has waited for this entry may follow."""
    if row.payment_id is None:
        return
    if row.kind is WriteBackKind.PAYMENT:
        replan(session, now=now)
    others = select(WriteBack).where(WriteBack.payment_id == row.payment_id, WriteBack.id != row.id)
    for other in session.scalars(others.order_by(WriteBack.id)):  # one order for all who wake them
        if row.kind is WriteBackKind.PAYMENT and _gathered_before(other):
            _look_again(session, other)
        if other.state is WriteBackState.WAITING:
            wake(session, other, now=now)


def _look_again(session: Session, deposit: WriteBack) -> None:
    """Its payment was deleted and booked again: the deposit may be gone, too. Unless it is being undone by now."""
    session.refresh(deposit, with_for_update=True)
    if _gathered_before(deposit):
        deposit.state = WriteBackState.WAITING


def _gathered_before(row: WriteBack) -> bool:
    """A deposit of ours that was seen in the ledger."""
    return (
        row.kind is WriteBackKind.FEE
        and row.fee_style == FeeStyle.DEPOSIT
        and row.state is WriteBackState.DONE
        and row.external_id is not None
    )


def _keep(ground: Ground, tenant_id: UUID, work: Work, booked: BookedEntry) -> None:
    """Remember which payment in the ledger is ours, so that it is missed if it is deleted."""
    with ground.database.tenant(tenant_id) as session:
        for row in together(session, work.row_id):
            row.external_id = booked.external_id
        mirror_booked(ground, session, work, booked)
