"""The durable tasks of money after it was paid: refunds, chargebacks, payouts, the balance."""

from app.kit.ground import Ground
from app.payments.chargebacks import settle_chargeback
from app.payments.hearing import looking_behind
from app.payments.movements import read_movements
from app.payments.payouts import settle_payout
from app.payments.refunds_recording import settle_refund
from app.payments.refunds_sending import send_refund
from app.tasks import kinds
from app.tasks.handlers import Assignment, handles


@handles(kinds.REFUND)
def give_back(ground: Ground, task: Assignment) -> None:
    """Bring a refund that somebody asked for to an answer."""
    send_refund(ground, task.tenant, task.subject)


@handles(kinds.SETTLE_REFUND)
def look_into_refund(ground: Ground, task: Assignment) -> None:
    """A refund, by us or in the processor's dashboard."""
    with looking_behind(ground, task) as event:
        if event is not None:
            settle_refund(ground, task.tenant, account=event.outside_org, refund_id=event.subject)


@handles(kinds.SETTLE_CHARGEBACK)
def look_into_chargeback(ground: Ground, task: Assignment) -> None:
    """A payer's bank asks, takes, or gives back."""
    with looking_behind(ground, task) as event:
        if event is not None:
            settle_chargeback(ground, task.tenant, account=event.outside_org, dispute_id=event.subject)


@handles(kinds.SETTLE_PAYOUT)
def look_into_payout(ground: Ground, task: Assignment) -> None:
    """A payout to the bank, and what it is made of."""
    with looking_behind(ground, task) as event:
        if event is not None:
            account, payout = event.outside_org, event.subject
            settle_payout(ground, task.tenant, account=account, payout_id=payout, renew=task.renew)


@handles(kinds.READ_MOVEMENTS)
def look_into_balance(ground: Ground, task: Assignment) -> None:
    """Every movement since the last read."""
    with looking_behind(ground, task) as event:
        if event is not None:
            read_movements(ground, task.tenant, account=event.outside_org, renew=task.renew)
