"""What the processor says of a chargeback, written down once in whatever order it is told.

A chargeback changes nothing for reminders: the invoice was paid, and who keeps the money is between the two banks.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.ground import Ground
from app.models import Chargeback, ChargebackState, Payment, PersonTaskKind, Tenant
from app.payments.chargebacks_words import what_to_do
from app.payments.entry_rows import add_chargeback_entries, add_chargeback_returned
from app.payments.our_payments import ensure_recorded, locked_payment
from app.payments.payers import customer_of
from app.processors.base import DisputeFacts, DisputeState, EntryKind
from app.processors.registry import open_processor
from app.tasks.person_tasks import NewTask, ask, finish

_STATES = {
    DisputeState.INQUIRY: ChargebackState.INQUIRY,
    DisputeState.NEEDS_RESPONSE: ChargebackState.OPEN,
    DisputeState.UNDER_REVIEW: ChargebackState.OPEN,
    DisputeState.WON: ChargebackState.WON,
    DisputeState.LOST: ChargebackState.LOST,
    DisputeState.CLOSED: ChargebackState.WON,
}
# A look that is overtaken by a later one changes nothing. An appeal may still win what was lost.
_RANK = {
    ChargebackState.INQUIRY: 0,
    ChargebackState.OPEN: 1,
    ChargebackState.LOST: 2,
    ChargebackState.WON: 3,
}
_CLOSED = (ChargebackState.LOST, ChargebackState.WON)


def settle_chargeback(ground: Ground, tenant_id: UUID, *, account: str, dispute_id: str) -> Chargeback | None:
    """Read a dispute and record it. None if it is not of a payment of ours."""
    facts = open_processor(ground.settings).dispute(account, dispute_id)
    return record_chargeback(ground, tenant_id, account=account, facts=facts)


def settle_chargebacks_of(ground: Ground, tenant_id: UUID, *, account: str, payment: str) -> None:
    """Read and record every dispute of a payment."""
    for facts in open_processor(ground.settings).disputes(account, payment=payment):
        record_chargeback(ground, tenant_id, account=account, facts=facts)


def record_chargeback(
    ground: Ground, tenant_id: UUID, *, account: str, facts: DisputeFacts
) -> Chargeback | None:
    """Bring our row, new or old, into line with what was read. None if it is not of a payment of ours."""
    if not ensure_recorded(ground, tenant_id, account=account, payment=facts.payment_external_id):
        return None
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        payment = locked_payment(session, facts.payment_external_id)
        row = session.scalars(
            select(Chargeback).where(Chargeback.external_id == facts.external_id)
        ).one_or_none()
        before = row.state if row else None
        row = row or _new(session, payment, facts)
        state = _state(facts, before)
        if before is not None and _RANK[state] < _RANK[before] and not _tells_of_money(row, facts):
            return row
        _follow(row, facts, state, now=now)
        session.flush()
        _book(session, row, now=now)
        _tell(session, payment, row, facts, has_changed=state is not before, now=now)
        return row


def _new(session: Session, payment: Payment, facts: DisputeFacts) -> Chargeback:
    row = Chargeback(
        tenant_id=payment.tenant_id,
        id=uuid4(),
        payment_id=payment.id,
        external_id=facts.external_id,
        currency=facts.currency,
        amount=facts.amount,
        reason=facts.reason,
        opened_at=facts.created_at,
    )
    session.add(row)
    return row


def _state(facts: DisputeFacts, before: ChargebackState | None) -> ChargebackState:
    """A word we do not know ends nothing: what is known stays, and money that is gone is money fought over."""
    known = _STATES.get(facts.state)
    if known is not None:
        return known
    is_gone = any(entry.kind is EntryKind.DISPUTE for entry in facts.entries)
    return before or (ChargebackState.OPEN if is_gone else ChargebackState.INQUIRY)


def _tells_of_money(row: Chargeback, facts: DisputeFacts) -> bool:
    """Whether money has moved that we do not know of: an inquiry may become a chargeback after it was closed."""
    moved = {entry.kind for entry in facts.entries}
    is_taken = EntryKind.DISPUTE in moved and row.withdrawn_at is None
    return is_taken or (EntryKind.DISPUTE_REVERSED in moved and row.reinstated_at is None)


def _follow(row: Chargeback, facts: DisputeFacts, state: ChargebackState, *, now: datetime) -> None:
    """Money is taken once and given back once; the amount is what was taken, once it is.

    Assumed: a bank that takes the money again after giving it back does so under another dispute.
    """
    row.state, row.reason, row.evidence_due_at = state, facts.reason, facts.evidence_due_at
    if row.closed_at is None and state in _CLOSED:
        row.closed_at = now
    taken = next((entry for entry in facts.entries if entry.kind is EntryKind.DISPUTE), None)
    if row.withdrawn_at is None:
        row.amount = facts.amount
        if taken is not None:
            row.withdrawn_at, row.fee, row.fee_currency = taken.created_at, taken.fee, taken.currency
    back = next((entry for entry in facts.entries if entry.kind is EntryKind.DISPUTE_REVERSED), None)
    if row.reinstated_at is None and back is not None:
        row.reinstated_at, row.fee_returned = back.created_at, max(-back.fee, Decimal(0))


def _book(session: Session, row: Chargeback, *, now: datetime) -> None:
    """Asked for at each look: entries that are there already are not made again."""
    if row.withdrawn_at is not None:
        add_chargeback_entries(session, row, now=now)
    if row.reinstated_at is not None:
        add_chargeback_returned(session, row, now=now)


def _tell(
    session: Session,
    payment: Payment,
    row: Chargeback,
    facts: DisputeFacts,
    *,
    has_changed: bool,
    now: datetime,
) -> None:
    """A person is asked once for each state, and not while the bank weighs the evidence."""
    kind = PersonTaskKind.CHARGEBACK
    if row.state is ChargebackState.WON or facts.state is DisputeState.UNDER_REVIEW:
        finish(session, [row.id], kind=kind, now=now)
    elif has_changed:
        zone = session.get_one(Tenant, row.tenant_id).time_zone
        answer_by = local_date(row.evidence_due_at, zone) if row.evidence_due_at else None
        words = what_to_do(row, answer_by=answer_by)
        customer = customer_of(session, payment)
        ask(session, NewTask(kind, customer, row.id, words, row.currency, row.amount), now=now)
