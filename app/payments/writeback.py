"""Brings one entry into the ledger: look, intent, create once, read back, read the mirror again, done.

The row is `done` only when the ledger shows the entry to the cent and the mirror has been read since. At every
point in between, whatever crashes, the next run starts with a look at the ledger.
"""

from dataclasses import replace
from uuid import UUID

from app.connectors.base import Ledger
from app.connectors.pace import Urgency
from app.connectors.registry import open_ledger
from app.kit.errors import NotFound, OutcomeUnknown, Rejected, Retryable
from app.kit.ground import Ground
from app.models import WriteBackState
from app.payments.as_sent import compare
from app.payments.attempts import NEW_KEY_AFTER, Send, Wait, next_attempt
from app.payments.intentions import forget_attempt, intend
from app.payments.ledger_entries import idempotency_key, ledger_entry, taken_back_as, undo_key
from app.payments.ledger_entry import LedgerEntry, Obstacle
from app.payments.letting_go import let_go
from app.payments.open_days import learn_closed_days, move_to_open_day
from app.payments.outcomes import enter_nothing, finish, settle
from app.payments.overpaid import keep_as_credit
from app.payments.undoing import take_back
from app.payments.work import Work, load_work
from app.tasks.handlers import Assignment


def write_back(ground: Ground, task: Assignment) -> None:
    """Do one entry's work. What a person must mend parks the row with a sentence, not the task."""
    with ground.database.tenant(task.tenant) as session:
        work = load_work(session, task.subject, now=ground.clock.now())
    if work is None:
        return
    if work.is_nothing and not work.is_undoing:
        enter_nothing(ground, task.tenant, work)
        return
    try:
        ledger = open_ledger(ground, task.tenant, urgency=Urgency.PROMPT, still_ours=task.renew)
        _work_on(ground, task, work, ledger)
    except (Rejected, NotFound) as refused:
        settle(ground, task.tenant, work, WriteBackState.PARKED, reason=refused.reason)
    except OutcomeUnknown as unknown:
        settle(ground, task.tenant, work, WriteBackState.UNKNOWN, reason=unknown.reason)
        raise


def _work_on(ground: Ground, task: Assignment, work: Work, ledger: Ledger) -> None:
    entry = ledger_entry(ground, task.tenant, ledger, work)
    if work.is_undoing:
        take_back(ground, task, ledger, work, entry)
    else:
        _bring_in(ground, task, ledger, work, entry)


def _bring_in(ground: Ground, task: Assignment, ledger: Ledger, work: Work, entry: LedgerEntry) -> None:
    booked = entry.look()
    if booked is None and work.external_id is not None:
        _clear_place(ledger, work, work.external_id)
    if booked is None:
        _send(ground, task, ledger, work, entry)
        booked = entry.look()
    if booked is None:
        raise Retryable(f"{work.ledger} took the entry but does not show it yet.")
    compare(work, booked)
    task.renew()
    finish(ground, task.tenant, work, booked)


def _clear_place(ledger: Ledger, work: Work, external_id: str) -> None:
    """What we had booked is not where we left it: if somebody has moved it to another day, there would be two of it."""
    kind = taken_back_as(work)
    if kind is not None:
        ledger.take_back(kind, external_id, idempotency_key=undo_key(work, external_id))


def _send(ground: Ground, task: Assignment, ledger: Ledger, work: Work, entry: LedgerEntry) -> None:
    """Intent, commit, effect. The lease is renewed before each call of it, so that no worker acts on a lost one."""
    now = ground.clock.now()
    changed_at = work.accounts.changed_at if work.accounts else None
    attempt = next_attempt(key_used_at=work.key_used_at, now=now, changed_at=changed_at)
    if isinstance(attempt, Wait):
        raise Retryable(f"{work.ledger} may still take the last attempt; we look again.", after=attempt.after)
    if attempt.with_new_key:
        move_to_open_day(ground, task.tenant, work)
    obstacle = entry.obstacle()
    if obstacle is not None:
        _clear_away(ground, task.tenant, work, obstacle, attempt)
    used_at = now if attempt.with_new_key or work.key_used_at is None else work.key_used_at
    sending = replace(work, attempts=work.attempts + attempt.with_new_key, key_used_at=used_at)
    intend(ground, task.tenant, work, sending)
    try:
        entry.make(idempotency_key(sending))
    except (Rejected, NotFound):
        # Another worker may have been faster, so that nothing was left to pay: then there is nothing to refuse.
        if entry.look() is None:
            forget_attempt(ground, task.tenant, work)
            learn_closed_days(ground, task.tenant, ledger, work)
            raise


def _clear_away(ground: Ground, tenant_id: UUID, work: Work, obstacle: Obstacle, attempt: Send) -> None:
    """What an invoice cannot take may become a credit, or be booked by itself. Raises Retryable then, else Rejected."""
    if not obstacle.apart and not (obstacle.beyond and work.keeps_credit):
        raise Rejected(obstacle.sentence)
    if not attempt.with_new_key:
        # The last attempt may be what has settled the invoice: nothing is split until it is certain.
        raise Retryable(f"{work.ledger} may still take the last attempt; we look again.", after=NEW_KEY_AFTER)
    if obstacle.apart:
        let_go(ground, tenant_id, work, obstacle)
    keep_as_credit(ground, tenant_id, work, obstacle.beyond)
