"""What is unfinished at the processor is looked into once a day, though no event tells of it.

The processor forgets its events after 30 days; a refund, a chargeback or a payout may take longer.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.models import (
    Chargeback,
    ChargebackState,
    Checkout,
    Payment,
    Payout,
    PayoutState,
    ProcessorAccount,
    Refund,
    RefundState,
    Task,
    TaskState,
)
from app.payments.hearing import ask
from app.payments.refunds import refund_key, wake_refund

# After this nobody waits for an answer any more; should one come, its event or its movement tells.
_REFUNDS_FOR, _CHARGEBACKS_FOR, _PAYOUTS_FOR = timedelta(days=180), timedelta(days=500), timedelta(days=45)


def ask_daily(session: Session, account: ProcessorAccount, *, now: datetime) -> None:
    """Hints of our own, each heard once a day however often this is called."""
    assert account.external_id  # noqa: S101 (only accounts that exist there are swept)
    because = f"daily:{now:%Y-%m-%d}"
    looks = [("balance", account.external_id), *_unfinished(session, account, now)]
    for kind, record in looks:
        ask(session, account=account.external_id, kind=kind, record=record, because=because, now=now)


def wake_asked_refunds(session: Session, *, now: datetime) -> None:
    """Refunds without an answer whose task is gone or parked, such as one that met a dead connection."""
    rows = session.scalars(select(Refund).where(Refund.state == RefundState.ASKED)).all()
    keys = [refund_key(row.id) for row in rows]
    busy = set(
        session.scalars(
            select(Task.key).where(Task.key.in_(keys), Task.state.in_([TaskState.WAITING, TaskState.LEASED]))
        )
    )
    for row in rows:
        if refund_key(row.id) not in busy:
            wake_refund(session, row, now=now)


def _unfinished(session: Session, account: ProcessorAccount, now: datetime) -> Iterator[tuple[str, str]]:
    """Of this account only: another one that the business has, or had, does not know them."""
    paid_there = (
        select(Payment.id)
        .join(Checkout, and_(Checkout.tenant_id == Payment.tenant_id, Checkout.id == Payment.checkout_id))
        .where(Checkout.processor_account_id == account.id)
    )
    refunds = select(Refund.external_id).where(
        Refund.payment_id.in_(paid_there),
        Refund.state == RefundState.PENDING,
        Refund.external_id.is_not(None),
        Refund.created_at > now - _REFUNDS_FOR,
    )
    yield from (("refund", record) for record in session.scalars(refunds) if record)
    is_away = Chargeback.reinstated_at.is_(None)
    chargebacks = select(Chargeback.external_id).where(
        Chargeback.payment_id.in_(paid_there),
        Chargeback.state.in_([ChargebackState.INQUIRY, ChargebackState.OPEN])
        | (Chargeback.withdrawn_at.is_not(None) & (Chargeback.state == ChargebackState.WON) & is_away),
        Chargeback.opened_at > now - _CHARGEBACKS_FOR,
    )
    yield from (("dispute", record) for record in session.scalars(chargebacks))
    is_incomplete = (Payout.state == PayoutState.PAID) & Payout.is_automatic & ~Payout.is_reconciled
    payouts = select(Payout.external_id).where(
        Payout.processor_account_id == account.id,
        (Payout.state == PayoutState.ON_ITS_WAY) | is_incomplete,
        Payout.created_at > now - _PAYOUTS_FOR,
    )
    yield from (("payout", record) for record in session.scalars(payouts))
