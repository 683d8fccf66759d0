"""Hands a refund to the processor, once: look, say that it is sent, send, record. Killed anywhere, it goes on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from app.kit.errors import Disconnected, Rejected, Retryable
from app.kit.ground import Ground
from app.models import Payment
from app.payments.account_rows import account_of
from app.payments.attempts import Wait, next_attempt
from app.payments.our_payments import locked_payment
from app.payments.refunds import asked_refund
from app.payments.refunds_recording import fail, record_refund
from app.payments.refunds_words import NEVER_ARRIVED
from app.processors.base import Processor, RefundFacts
from app.processors.registry import open_processor

# Stripe repeats its first answer to a key for a day, a failure of its own included
# (docs.stripe.com/api/idempotent_requests).
# So keys change as they do for ledgers (`attempts`), each time after a look; after a day a person is asked instead.
PATIENCE = timedelta(hours=23)


@dataclass(frozen=True, slots=True)
class _Wish:
    """A refund as it was asked for."""

    id: UUID
    account: str
    payment: str
    amount: Decimal
    currency: str
    asked_at: datetime
    sent_at: datetime | None
    """When the key in use was used first."""


def send_refund(ground: Ground, tenant_id: UUID, refund_id: UUID) -> None:
    """Bring an asked refund to an answer. One that has it is left alone.

    Raises as the processor's port does while the outcome is not known; the next try begins with a look.
    """
    wish = _read(ground, tenant_id, refund_id)
    if wish is None:
        return
    try:
        facts = _found_or_made(ground, tenant_id, wish)
    except Disconnected as gone:
        if wish.sent_at is not None:
            raise  # it may have been made before the account was closed to us
        facts = None
        _give_up(ground, tenant_id, wish, gone.reason)
    if facts is not None:
        record_refund(ground, tenant_id, account=wish.account, facts=facts)


def _read(ground: Ground, tenant_id: UUID, refund_id: UUID) -> _Wish | None:
    with ground.database.tenant(tenant_id) as session:
        row = asked_refund(session, refund_id)
        if row is None:
            return None
        payment = session.get_one(Payment, (tenant_id, row.payment_id))
        return _Wish(
            row.id,
            account_of(session, payment),
            payment.external_id,
            row.amount,
            row.currency,
            row.created_at,
            row.sent_at,
        )


def _found_or_made(ground: Ground, tenant_id: UUID, wish: _Wish) -> RefundFacts | None:
    """Look first; None if it must not be sent any more, or was refused."""
    processor = open_processor(ground.settings)
    listed = processor.refunds(wish.account, payment=wish.payment)
    found = next((facts for facts in listed if facts.reference == str(wish.id)), None)
    if found is not None:
        return found
    now = ground.clock.now()
    step = next_attempt(key_used_at=wish.sent_at, now=now)
    if isinstance(step, Wait):
        raise Retryable("Stripe does not show this refund yet; it is looked for again.", after=step.after)
    if step.with_new_key and wish.sent_at is not None and now - wish.asked_at > PATIENCE:
        _give_up(ground, tenant_id, wish, NEVER_ARRIVED)
        return None
    sent_at = now if step.with_new_key or wish.sent_at is None else wish.sent_at
    if not _say_that_it_is_sent(ground, tenant_id, wish, sent_at):
        return None
    try:
        return _send(processor, wish, key=f"refund:{wish.id}:{sent_at:%Y%m%d%H%M%S}")
    except Rejected as refused:
        _give_up(ground, tenant_id, wish, refused.reason)
        return None


def _say_that_it_is_sent(ground: Ground, tenant_id: UUID, wish: _Wish, sent_at: datetime) -> bool:
    """Written before it is done. False if it was answered meanwhile."""
    with ground.database.tenant(tenant_id) as session:
        row = asked_refund(session, wish.id)
        if row is None:
            return False
        if row.sent_at != wish.sent_at:
            raise Retryable("This refund is being sent just now; it is looked for again.")
        row.sent_at = sent_at
        return True


def _send(processor: Processor, wish: _Wish, *, key: str) -> RefundFacts:
    return processor.refund_payment(
        account=wish.account,
        payment=wish.payment,
        amount=wish.amount,
        currency=wish.currency,
        reference=str(wish.id),
        idempotency_key=key,
    )


def _give_up(ground: Ground, tenant_id: UUID, wish: _Wish, why: str) -> None:
    """Nothing was given back. Should a refund with our reference turn up after all, its record is believed."""
    with ground.database.tenant(tenant_id) as session:
        payment = locked_payment(session, wish.payment)
        row = asked_refund(session, wish.id)
        if row is not None:
            fail(session, payment, row, why, now=ground.clock.now())
