"""Payouts to the business's bank: how each stands, and which movements it is made of."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kit.ground import Ground
from app.kit.log import get_log
from app.models import Movement, Payout, PayoutState, ProcessorAccount
from app.payments.account_rows import account_row
from app.payments.entry_rows import add_transfer_entry, undo_transfer
from app.payments.movements import in_pages, store
from app.processors.base import PayoutFacts
from app.processors.base import PayoutState as Told
from app.processors.registry import open_processor

_STATES = {
    Told.PENDING: PayoutState.ON_ITS_WAY,
    Told.PAID: PayoutState.PAID,
    Told.FAILED: PayoutState.FAILED,
    Told.CANCELLED: PayoutState.CANCELED,
}
# A look that is overtaken by a later one changes nothing. One that was paid may still fail, days later.
_RANK = {PayoutState.ON_ITS_WAY: 0, PayoutState.PAID: 1, PayoutState.FAILED: 2, PayoutState.CANCELED: 2}

_log = get_log("payments")


def settle_payout(
    ground: Ground, tenant_id: UUID, *, account: str, payout_id: str, renew: Callable[[], None]
) -> Payout | None:
    """Read a payout and record it, with its movements once the processor tells them. None for a strange account."""
    facts = open_processor(ground.settings).payout(account, payout_id)
    row = _record(ground, tenant_id, account, facts)
    if row is not None and facts.is_reconcilable and not row.is_reconciled:
        _read_lines(ground, tenant_id, account, row, renew)
    return row


def _record(ground: Ground, tenant_id: UUID, account: str, facts: PayoutFacts) -> Payout | None:
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        # Whoever writes down a payout holds the account's lock, so that none is written twice.
        owner = account_row(session, account, is_locked=True)
        if owner is None:
            return None
        row = session.scalars(select(Payout).where(Payout.external_id == facts.external_id)).one_or_none()
        row = row or _new(session, owner, facts)
        state = _STATES[facts.state]
        if _RANK[state] >= _RANK[row.state]:
            row.state, row.failure, row.arrives_on = state, facts.failure, facts.arrives_on
        session.flush()
        _book(session, row, now=now)
        return row


def _new(session: Session, owner: ProcessorAccount, facts: PayoutFacts) -> Payout:
    row = Payout(
        tenant_id=owner.tenant_id,
        id=uuid4(),
        processor_account_id=owner.id,
        external_id=facts.external_id,
        currency=facts.currency,
        amount=facts.amount,
        state=PayoutState.ON_ITS_WAY,
        is_automatic=facts.is_automatic,
        is_reconciled=False,
        arrives_on=facts.arrives_on,
        created_at=facts.created_at,
    )
    session.add(row)
    return row


def _book(session: Session, row: Payout, *, now: datetime) -> None:
    """Asked for at each look: an entry that is there already, or is undone already, is left alone."""
    if row.state is PayoutState.PAID:
        add_transfer_entry(session, row, now=now)
    elif row.state in (PayoutState.FAILED, PayoutState.CANCELED):
        undo_transfer(session, row, now=now)


def _read_lines(
    ground: Ground, tenant_id: UUID, account: str, row: Payout, renew: Callable[[], None]
) -> None:
    lines = open_processor(ground.settings).payout_lines(account, row.external_id)
    for page in in_pages(lines):
        with ground.database.tenant(tenant_id) as session:
            store(session, row.processor_account_id, page, payout_id=row.id)
        renew()
    with ground.database.tenant(tenant_id) as session:
        total = session.scalar(select(func.sum(Movement.net)).where(Movement.payout_id == row.id))
        payout = session.get_one(Payout, (tenant_id, row.id), with_for_update=True)
        payout.is_reconciled = (total or Decimal(0)) == payout.amount
        if not payout.is_reconciled:
            _log.warning("payout.lines_differ", payout=row.external_id)
