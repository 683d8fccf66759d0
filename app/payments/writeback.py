"""Brings one entry into the ledger: look, intent, create once, read back, read the mirror again, done.

The row is `done` only when the ledger shows the entry to the cent and the mirror has been read since. At every
point in between, whatever crashes, the next run starts with a look at the ledger.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connectors.base import BookedEntry, FeeStyle
from app.connectors.pace import Urgency
from app.connectors.registry import open_ledger
from app.kit.errors import NotFound, OutcomeUnknown, Rejected, Retryable
from app.kit.ground import Ground
from app.models import WriteBack, WriteBackKind, WriteBackState
from app.payments.attempts import Wait, next_attempt
from app.payments.fee_style import fix_style
from app.payments.ledger_entries import LedgerEntry, idempotency_key, ledger_entry
from app.payments.mirrored import mirror_booked
from app.payments.replan import replan
from app.payments.work import Work, load_work
from app.payments.write_back_rows import wake
from app.sync.fresh import fresh_invoices
from app.tasks.handlers import Assignment


def write_back(ground: Ground, task: Assignment) -> None:
    """Do one entry's work. What a person must mend parks the row with a sentence, not the task."""
    with ground.database.tenant(task.tenant) as session:
        work = load_work(session, task.subject)
    if work is None:
        return
    if work.is_nothing:
        _enter_nothing(ground, task.tenant, work)
        return
    try:
        ledger = open_ledger(ground, task.tenant, urgency=Urgency.PROMPT)
        entry = ledger_entry(ground, task.tenant, ledger, work)
        _bring_in(ground, task, work, entry)
    except (Rejected, NotFound) as refused:
        _settle(ground, task.tenant, work, WriteBackState.PARKED, reason=refused.reason)
    except OutcomeUnknown as unknown:
        _settle(ground, task.tenant, work, WriteBackState.UNKNOWN, reason=unknown.reason)
        raise


def _bring_in(ground: Ground, task: Assignment, work: Work, entry: LedgerEntry) -> None:
    booked = entry.look()
    if booked is None:
        _send(ground, task, work, entry)
        booked = entry.look()
    if booked is None:
        raise Retryable(f"{work.ledger} took the entry but does not show it yet.")
    if booked.amount != work.amount:
        raise Rejected(
            f"{work.ledger} shows {work.currency} {booked.amount:f} under {work.marker}, but it should be "
            f"{work.amount:f}. Please compare it with Stripe."
        )
    _finish(ground, task.tenant, work, booked)


def _send(ground: Ground, task: Assignment, work: Work, entry: LedgerEntry) -> None:
    """Intent, commit, effect. The lease is renewed right before, so that no worker acts on a lost one."""
    now = ground.clock.now()
    attempt = next_attempt(key_used_at=work.key_used_at, now=now)
    if isinstance(attempt, Wait):
        raise Retryable(f"{work.ledger} may still take the last attempt; we look again.", after=attempt.after)
    obstacle = entry.obstacle()
    if obstacle is not None:
        raise Rejected(obstacle)
    used_at = now if attempt.with_new_key or work.key_used_at is None else work.key_used_at
    sending = replace(work, attempts=work.attempts + attempt.with_new_key, key_used_at=used_at)
    _intend(ground, task.tenant, sending)
    task.renew()
    try:
        entry.make(idempotency_key(sending))
    except (Rejected, NotFound):
        # Another worker may have been faster, so that nothing was left to pay: then there is nothing to refuse.
        if entry.look() is None:
            _forget_attempt(ground, task.tenant, work)
            raise


def _intend(ground: Ground, tenant_id: UUID, work: Work) -> None:
    """Say under which key and in which style the entry is being sent. Raises Retryable if the style has changed."""
    with ground.database.tenant(tenant_id) as session:
        row = session.get_one(WriteBack, (tenant_id, work.row_id), with_for_update=True)
        if row.kind is not WriteBackKind.NOTE:
            fix_style(session, row, work.style)
        row.state, row.attempts, row.sent_at = WriteBackState.SENDING, work.attempts, work.key_used_at


def _forget_attempt(ground: Ground, tenant_id: UUID, work: Work) -> None:
    """Nothing was made: another style may be chosen, and the vendor would repeat this refusal to the same key."""
    with ground.database.tenant(tenant_id) as session:
        row = session.get_one(WriteBack, (tenant_id, work.row_id), with_for_update=True)
        row.sent_at, row.fee_style = None, None


def _enter_nothing(ground: Ground, tenant_id: UUID, work: Work) -> None:
    with ground.database.tenant(tenant_id) as session:
        row = session.get_one(WriteBack, (tenant_id, work.row_id), with_for_update=True)
        fix_style(session, row, work.style)
        row.state, row.reason, row.done_at = WriteBackState.DONE, "Stripe took no fee.", ground.clock.now()


def _finish(ground: Ground, tenant_id: UUID, work: Work, booked: BookedEntry) -> None:
    if work.kind is WriteBackKind.PAYMENT and work.invoice_id is not None:
        _keep(ground, tenant_id, work, booked)
        fresh_invoices(ground, tenant_id, [work.invoice_id])
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        row = session.get_one(WriteBack, (tenant_id, work.row_id), with_for_update=True)
        row.state, row.external_id, row.reason = WriteBackState.DONE, booked.external_id or None, None
        row.done_at = now
        _after_done(session, row, now)


def _after_done(session: Session, row: WriteBack, now: datetime) -> None:
    """A booked payment changes what is owed, and its note and its deposit may follow."""
    if row.kind is not WriteBackKind.PAYMENT:
        return
    replan(session, now=now)
    others = select(WriteBack).where(WriteBack.payment_id == row.payment_id)
    for other in session.scalars(others.where(WriteBack.kind != WriteBackKind.PAYMENT)):
        if _gathered_before(other):
            # The payment was deleted and booked again: its deposit may be gone, too.
            other.state = WriteBackState.WAITING
        if other.state is WriteBackState.WAITING:
            wake(session, other, now=now)


def _gathered_before(row: WriteBack) -> bool:
    """A deposit of ours that was seen in the ledger."""
    return (
        row.fee_style == FeeStyle.DEPOSIT and row.state is WriteBackState.DONE and row.external_id is not None
    )


def _keep(ground: Ground, tenant_id: UUID, work: Work, booked: BookedEntry) -> None:
    """Remember which payment in the ledger is ours, so that it is missed if it is deleted."""
    with ground.database.tenant(tenant_id) as session:
        session.get_one(WriteBack, (tenant_id, work.row_id)).external_id = booked.external_id
        mirror_booked(ground, session, work, booked)


def _settle(ground: Ground, tenant_id: UUID, work: Work, state: WriteBackState, *, reason: str) -> None:
    with ground.database.tenant(tenant_id) as session:
        row = session.get_one(WriteBack, (tenant_id, work.row_id), with_for_update=True)
        if row.state is not WriteBackState.DONE:
            row.state, row.reason = state, reason


def retry(ground: Ground, tenant_id: UUID, row_id: UUID) -> None:
    """The bookkeeper has mended what was wrong: look and try again. Raises NotFound for an unknown row."""
    _unpark(ground, tenant_id, row_id, WriteBackState.WAITING)


def booked_by_hand(ground: Ground, tenant_id: UUID, row_id: UUID) -> None:
    """The bookkeeper has entered it in the ledger: we make no entry, and stop counting it as missing there."""
    _unpark(ground, tenant_id, row_id, WriteBackState.DONE)


def _unpark(ground: Ground, tenant_id: UUID, row_id: UUID, state: WriteBackState) -> None:
    now: datetime = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        row = session.get(WriteBack, (tenant_id, row_id), with_for_update=True)
        if row is None:
            raise NotFound("There is no such entry.")
        if row.state is not WriteBackState.PARKED:
            return
        row.state = state
        if state is WriteBackState.DONE:
            # No longer tied to an entry of ours: one that was deleted must not count as missing again.
            row.reason, row.done_at, row.external_id = "Booked by hand.", now, None
            _after_done(session, row, now)
        else:
            row.reason = None
            wake(session, row, now=now)
