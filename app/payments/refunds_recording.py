"""What the processor says of a refund, written down once in whatever order it is told, whoever made it."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.kit.errors import Rejected
from app.kit.ground import Ground
from app.models import Payment, PersonTaskKind, Refund, RefundState
from app.payments.double_payments import settle_by_refunds
from app.payments.entry_rows import add_refund_entries, add_refund_returned
from app.payments.in_words import money
from app.payments.our_payments import ensure_recorded, locked_payment
from app.payments.payers import customer_of
from app.payments.refunds_surcharge import surcharge_given_back
from app.payments.refunds_words import what_to_do, why_failed
from app.payments.surcharge import RefundMode
from app.processors.base import RefundFacts
from app.processors.base import RefundState as Told
from app.processors.registry import open_processor
from app.tasks.person_tasks import NewTask, ask, finish

_STATES = {
    Told.PENDING: RefundState.PENDING,
    Told.SUCCEEDED: RefundState.SUCCEEDED,
    Told.FAILED: RefundState.FAILED,
    Told.CANCELLED: RefundState.FAILED,
}
# A look that is overtaken by a later one changes nothing. One that succeeded may still fail; a failed one stays so.
_RANK = {state: rank for rank, state in enumerate(RefundState)}


def settle_refund(ground: Ground, tenant_id: UUID, *, account: str, refund_id: str) -> Refund | None:
    """Read a refund and record it. None if it is not of a payment of ours."""
    facts = open_processor(ground.settings).refund(account, refund_id)
    return record_refund(ground, tenant_id, account=account, facts=facts)


def settle_refunds_of(ground: Ground, tenant_id: UUID, *, account: str, payment: str) -> None:
    """Read and record every refund of a payment."""
    for facts in open_processor(ground.settings).refunds(account, payment=payment):
        record_refund(ground, tenant_id, account=account, facts=facts)


def record_refund(ground: Ground, tenant_id: UUID, *, account: str, facts: RefundFacts) -> Refund | None:
    """Bring our row, new or old, into line with what was read. None if it is not of a payment of ours."""
    if not ensure_recorded(ground, tenant_id, account=account, payment=facts.payment_external_id):
        return None
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        payment = locked_payment(session, facts.payment_external_id)
        row = _row_of(session, payment, facts) or _made_elsewhere(session, payment, facts)
        _compare(row, facts)
        if _follow(row, facts, now=now):
            _tell(session, payment, row, now=now)
        _book(session, row, facts, now=now)
        return row


def fail(session: Session, payment: Payment, row: Refund, why: str, *, now: datetime) -> None:
    """Nothing was given back: the row says why, and a person is asked what now."""
    row.state, row.failure, row.settled_at = RefundState.FAILED, why, now
    session.flush()
    _tell(session, payment, row, now=now)


def _row_of(session: Session, payment: Payment, facts: RefundFacts) -> Refund | None:
    is_it = [Refund.external_id == facts.external_id]
    reference = _id_or_none(facts.reference)
    if reference is not None:
        is_it.append((Refund.id == reference) & Refund.external_id.is_(None))
    return session.scalars(select(Refund).where(Refund.payment_id == payment.id, or_(*is_it))).one_or_none()


def _id_or_none(reference: str | None) -> UUID | None:
    try:
        return UUID(reference or "")
    except ValueError:
        return None


def _made_elsewhere(session: Session, payment: Payment, facts: RefundFacts) -> Refund:
    row = Refund(
        tenant_id=payment.tenant_id,
        id=uuid4(),
        payment_id=payment.id,
        currency=facts.currency,
        amount=facts.amount,
        surcharge=surcharge_given_back(session, payment, facts.amount, RefundMode.WITH_ALL),
        state=RefundState.ASKED,
        created_at=facts.created_at,
    )
    session.add(row)
    return row


def _compare(row: Refund, facts: RefundFacts) -> None:
    if (row.amount, row.currency) != (facts.amount, facts.currency):
        raise Rejected(
            f"Stripe shows {money(facts.amount, facts.currency)} for refund {facts.external_id}, but "
            f"{money(row.amount, row.currency)} was asked for. Please look at it in Stripe."
        )


def _follow(row: Refund, facts: RefundFacts, *, now: datetime) -> bool:
    """Whether the row stands otherwise now."""
    state, before = _STATES[facts.state], row.state
    is_first_word = row.external_id is None
    if not is_first_word and _RANK[state] <= _RANK[before]:
        return False
    row.external_id, row.state = facts.external_id, state
    code = "canceled" if facts.state is Told.CANCELLED else facts.failure
    row.failure = why_failed(code) if state is RefundState.FAILED else None
    row.settled_at = _settled_at(state, facts, now)
    return True


def _settled_at(state: RefundState, facts: RefundFacts, now: datetime) -> datetime | None:
    if state is RefundState.FAILED:
        return facts.failure_entry.created_at if facts.failure_entry else now
    if facts.entry is not None:
        return facts.entry.created_at
    return facts.created_at if state is RefundState.SUCCEEDED else None


def _book(session: Session, row: Refund, facts: RefundFacts, *, now: datetime) -> None:
    """Asked for at each look: entries that are there already are not made again.

    A refund may have moved its money and failed before we first heard of it: the balance shows both, so do the books.
    """
    session.flush()
    if facts.entry is None and row.state is not RefundState.SUCCEEDED:
        return
    moved_at = facts.entry.created_at if facts.entry else row.settled_at or row.created_at
    add_refund_entries(session, row, moved_at=moved_at, now=now)
    if row.state is RefundState.FAILED:
        add_refund_returned(session, row, moved_at=row.settled_at or now, now=now)


def _tell(session: Session, payment: Payment, row: Refund, *, now: datetime) -> None:
    session.flush()
    kind = PersonTaskKind.REFUND_FAILED
    if row.state is RefundState.FAILED:
        customer = customer_of(session, payment)
        ask(session, NewTask(kind, customer, row.id, what_to_do(row), row.currency, row.amount), now=now)
    else:
        finish(session, [row.id], kind=kind, now=now)
        settle_by_refunds(session, payment, now=now)
