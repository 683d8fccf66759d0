"""The durable tasks of payments."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.errors import Rejected, Retryable
from app.kit.ground import Ground
from app.models import Payment, PaymentState, Route
from app.payments import settlement
from app.payments.hearing import ask, looking_behind
from app.payments.money_back_missed import find_money_back
from app.payments.onboarding import refresh_account
from app.payments.sweep import sweep_account
from app.payments.writeback import write_back
from app.processors.registry import STRIPE, open_processor
from app.tasks import kinds
from app.tasks.handlers import Assignment, handles
from app.tasks.queue import enqueue
from app.tasks.schedules import periodically

_FEE_AGAIN = timedelta(minutes=1)
_FEE_AGAIN_LATER = timedelta(hours=1)
_FEE_SOON_TRIES = 30
_FEE_PATIENCE = timedelta(days=14)


@periodically(kinds.SWEEP_EVENTS, every=timedelta(minutes=15))
def sweep_events(session: Session, now: datetime) -> None:
    """Ask for a sweep of every connected card account."""
    for route in session.scalars(select(Route).where(Route.kind == STRIPE)):
        enqueue(
            session,
            kind=kinds.SWEEP_EVENTS,
            tenant_id=route.tenant_id,
            subject_id=route.subject_id,
            key=f"{kinds.SWEEP_EVENTS}:{route.subject_id}",
            run_at=now,
            now=now,
        )


@handles(kinds.SWEEP_EVENTS)
def sweep(ground: Ground, task: Assignment) -> None:
    """Hear what no webhook told."""
    sweep_account(ground, task)


@handles(kinds.SETTLE_CHECKOUT)
def settle_checkout(ground: Ground, task: Assignment) -> None:
    """Look into a hosted session; a payment without fee is asked about again by its own task."""
    with looking_behind(ground, task) as event:
        if event is None:
            return
        account = event.outside_org
        payment = settlement.settle_checkout(ground, task.tenant, account=account, session_id=event.subject)
        if payment is not None and _waits_for_fee(payment):
            record, now = payment.external_id, ground.clock.now()
            with ground.database.platform() as session:
                ask(session, account=account, kind="payment", record=record, because="fee", now=now)


@handles(kinds.SETTLE_PAYMENT)
def settle_payment(ground: Ground, task: Assignment) -> None:
    """Look into a payment and what became of its money; come again every minute until its fee is known."""
    with looking_behind(ground, task) as event:
        if event is None:
            return
        account = event.outside_org
        facts = open_processor(ground.settings).payment(account, event.subject)
        payment = settlement.record_payment(ground, task.tenant, account=account, facts=facts)
        if payment is None:
            return
        find_money_back(ground, task.tenant, account=account, payment=payment, facts=facts)
        if _waits_for_fee(payment):
            _come_again_for_fee(payment, task, ground.clock.now())


@handles(kinds.REFRESH_ACCOUNT)
def refresh(ground: Ground, task: Assignment) -> None:
    """Look how a card account stands."""
    with looking_behind(ground, task):
        refresh_account(ground, task.tenant)


@handles(kinds.WRITE_BACK)
def write_back_entry(ground: Ground, task: Assignment) -> None:
    """Bring one entry into the ledger."""
    write_back(ground, task)


def _waits_for_fee(payment: Payment) -> bool:
    return payment.state is PaymentState.SUCCEEDED and payment.fee is None


def _come_again_for_fee(payment: Payment, task: Assignment, now: datetime) -> None:
    if now - (payment.paid_at or payment.created_at) > _FEE_PATIENCE:
        raise Rejected(f"Stripe has told no fee for payment {payment.external_id} in two weeks.")
    after = _FEE_AGAIN if task.attempts <= _FEE_SOON_TRIES else _FEE_AGAIN_LATER
    raise Retryable("Stripe tells the fee of this payment later.", after=after)
