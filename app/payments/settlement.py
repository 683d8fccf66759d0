"""A hint leads to the processor's own record; what it says is written down once, in whatever order it comes."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import Rejected
from app.kit.ground import Ground
from app.models import (
    Checkout,
    CheckoutState,
    Payment,
    PaymentState,
    ProcessorAccount,
    WriteBack,
    WriteBackState,
)
from app.payments.double_payments import notice_double_payment
from app.payments.entry_rows import add_fee_entry, add_payment_entries, add_surcharge_entry
from app.payments.receipts import ask_for_mails
from app.payments.replan import replan
from app.payments.write_back_rows import wake
from app.processors.base import CheckoutFacts, PaymentFacts
from app.processors.registry import open_processor

# A look that is overtaken by a later one never takes money back.
_RANK = {PaymentState.PROCESSING: 0, PaymentState.FAILED: 1, PaymentState.SUCCEEDED: 2}


def settle_checkout(ground: Ground, tenant_id: UUID, *, account: str, session_id: str) -> Payment | None:
    """Read a hosted session and record what became of it. None if it is not ours or nobody has paid."""
    processor = open_processor(ground.settings)
    facts = processor.checkout(account, session_id)
    paid = None
    if not facts.is_open and facts.payment_external_id:
        paid = processor.payment(account, facts.payment_external_id)
    with ground.database.tenant(tenant_id) as session:
        checkout = _our_checkout(session, facts.checkout_reference, account)
        if checkout is None:
            return None
        _compare(checkout, facts.amount, facts.currency, "the payment page")
        _follow(checkout, facts)
        return _record(session, checkout, paid, now=ground.clock.now()) if paid else None


def settle_payment(ground: Ground, tenant_id: UUID, *, account: str, payment_id: str) -> Payment | None:
    """Read a payment and record it. None if it is not ours or is not one yet."""
    facts = open_processor(ground.settings).payment(account, payment_id)
    return record_payment(ground, tenant_id, account=account, facts=facts)


def record_payment(ground: Ground, tenant_id: UUID, *, account: str, facts: PaymentFacts) -> Payment | None:
    """Write down what was read of a payment. None if it is not ours or is not one yet."""
    with ground.database.tenant(tenant_id) as session:
        checkout = _our_checkout(session, facts.checkout_reference, account)
        return _record(session, checkout, facts, now=ground.clock.now()) if checkout else None


def _our_checkout(session: Session, reference: str | None, account: str) -> Checkout | None:
    """The checkout that a record at the processor carries, locked. The account has other customers too."""
    try:
        checkout_id = UUID(reference or "")
    except ValueError:
        return None
    key = (tenant_of(session), checkout_id)
    checkout = session.get(Checkout, key, with_for_update=True)
    if checkout is None:
        return None
    owner = session.get_one(ProcessorAccount, (checkout.tenant_id, checkout.processor_account_id))
    return checkout if owner.external_id == account else None


def _follow(checkout: Checkout, facts: CheckoutFacts) -> None:
    checkout.external_id = checkout.external_id or facts.external_id
    if facts.is_expired and checkout.state is not CheckoutState.COMPLETE:
        checkout.state = CheckoutState.EXPIRED
    elif facts.payment_state is not None:
        checkout.state = CheckoutState.COMPLETE


def _record(session: Session, checkout: Checkout, facts: PaymentFacts, *, now: datetime) -> Payment | None:
    payment = session.scalars(select(Payment).where(Payment.external_id == facts.external_id)).one_or_none()
    if facts.state is None:
        return payment
    if (
        payment is None
        and facts.state is PaymentState.FAILED
        and checkout.state is not CheckoutState.COMPLETE
    ):
        return None  # a declined card: the payer may still try another one on the same page
    _compare(checkout, facts.amount, facts.currency, f"payment {facts.external_id}")
    if payment is None:
        payment = _begin(session, checkout, facts, now=now)
    elif _RANK[facts.state] > _RANK[payment.state]:
        _move_on(session, checkout, payment, facts.state, now=now)
    _learn_fee(session, payment, facts, now=now)
    return payment


def _begin(session: Session, checkout: Checkout, facts: PaymentFacts, *, now: datetime) -> Payment:
    payment = Payment(
        tenant_id=checkout.tenant_id,
        checkout_id=checkout.id,
        external_id=facts.external_id,
        currency=facts.currency,
        amount=facts.amount,
        surcharge=checkout.surcharge,
        state=PaymentState.PROCESSING,
        paid_at=facts.paid_at or now,
        created_at=now,
    )
    session.add(payment)
    session.flush()
    if facts.state is None or facts.state is PaymentState.PROCESSING:
        checkout.state = CheckoutState.COMPLETE
        replan(session, now=now)
    else:
        _move_on(session, checkout, payment, facts.state, now=now)
    return payment


def _move_on(
    session: Session, checkout: Checkout, payment: Payment, state: PaymentState, *, now: datetime
) -> None:
    payment.state = state
    checkout.state = CheckoutState.COMPLETE
    if state is PaymentState.SUCCEEDED:
        session.flush()
        notice_double_payment(session, payment, now=now)
        add_payment_entries(session, payment, now=now)
        add_surcharge_entry(session, payment, now=now)
    ask_for_mails(session, payment, now=now)
    replan(session, now=now)


def _learn_fee(session: Session, payment: Payment, facts: PaymentFacts, *, now: datetime) -> None:
    if payment.state is not PaymentState.SUCCEEDED or payment.fee is not None:
        return
    if facts.fee is None or facts.fee_currency is None:
        return
    payment.fee, payment.fee_currency = facts.fee, facts.fee_currency
    payment.settled, payment.exchange_rate = facts.settled, facts.exchange_rate
    add_fee_entry(session, payment, now=now)
    # What waited to learn in which currency the money arrived may go on.
    waiting = select(WriteBack).where(
        WriteBack.payment_id == payment.id, WriteBack.state == WriteBackState.WAITING
    )
    for row in session.scalars(waiting):
        wake(session, row, now=now)


def _compare(checkout: Checkout, amount: Decimal, currency: str, what: str) -> None:
    if amount != checkout.amount or currency != checkout.currency:
        raise Rejected(
            f"Stripe says {currency} {amount:f} for {what}, but {checkout.currency} {checkout.amount:f} was "
            "asked for. Nothing was booked; please look at it in Stripe."
        )
