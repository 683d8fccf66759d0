"""Two people pay one invoice on two devices: both payments are recorded, and one person is asked once."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from app.models import Checkout, CheckoutInvoice, CheckoutState, Payment, PersonTaskKind
from app.processors.base import CheckoutLine
from app.processors.registry import open_processor
from tests.payments.business import Business
from tests.payments.money_flow import account_of, asked_of_people, give_back, one, rows, sweep


def paid_twice(business: Business) -> list[Payment]:
    """Two pages for one invoice, both paid: the one we closed at Stripe was paid at the very same moment."""
    customer, _ = business.open_invoices()
    path = business.link(customer)
    business.press_pay(path, business.ticks(path)[:1])
    [first] = rows(business, Checkout)
    second = another_page(business, first)
    for session_id in (first.external_id, second):
        assert session_id
        business.pay_at_stripe(session_id)
    business.sandbox.advance(seconds=60)
    sweep(business)
    return sorted(rows(business, Payment), key=lambda row: row.created_at)


def another_page(business: Business, like: Checkout) -> str:
    """A page of ours for the same part of the same invoice, as a race may leave it; Stripe's id of it."""
    checkout_id, now = uuid4(), business.ground.clock.now()
    opened = open_processor(business.ground.settings).open_checkout(
        account=account_of(business),
        reference=str(checkout_id),
        currency=like.currency,
        lines=[CheckoutLine("The same invoice", like.amount)],
        customer_email=None,
        success_url="http://127.0.0.1:8400/",
        cancel_url="http://127.0.0.1:8400/",
        expires_at=now + timedelta(hours=1),
        idempotency_key=uuid4().hex,
    )
    with business.unit() as session:
        copy = Checkout(
            tenant_id=like.tenant_id,
            id=checkout_id,
            pay_link_id=like.pay_link_id,
            processor_account_id=like.processor_account_id,
            external_id=opened.external_id,
            currency=like.currency,
            amount=like.amount,
            state=CheckoutState.EXPIRED,
            created_at=now,
            expires_at=now + timedelta(hours=1),
        )
        session.add(copy)
        session.flush()
        parts = session.scalars(select(CheckoutInvoice).where(CheckoutInvoice.checkout_id == like.id)).all()
        for part in parts:
            owner = {"tenant_id": part.tenant_id, "id": uuid4(), "checkout_id": checkout_id}
            session.add(CheckoutInvoice(**owner, invoice_id=part.invoice_id, amount=part.amount))
    return opened.external_id


def test_the_second_payment_of_an_invoice_is_recorded_and_asked_about_once(business: Business) -> None:
    first, second = paid_twice(business)
    assert first.amount == second.amount
    task = one(asked_of_people(business, PersonTaskKind.DOUBLE_PAYMENT))
    assert task.subject_id in (first.id, second.id)
    assert (task.amount, task.currency) == (second.amount, "GBP")
    assert "more than was owed" in task.words
    sweep(business)
    assert len(asked_of_people(business, PersonTaskKind.DOUBLE_PAYMENT)) == 1


def test_giving_the_second_payment_back_settles_the_question(business: Business) -> None:
    paid_twice(business)
    task = one(asked_of_people(business, PersonTaskKind.DOUBLE_PAYMENT))
    [payment] = [row for row in rows(business, Payment) if row.id == task.subject_id]
    give_back(business, payment, "1")
    business.work()
    assert asked_of_people(business, PersonTaskKind.DOUBLE_PAYMENT) != []
    give_back(business, payment, str(payment.amount - 1))
    business.work()
    assert asked_of_people(business, PersonTaskKind.DOUBLE_PAYMENT) == []


def test_one_payment_is_no_double_payment(business: Business) -> None:
    customer, _ = business.open_invoices(at_least=2)
    business.pay(business.link(customer))
    business.sandbox.advance(seconds=60)
    sweep(business)
    assert asked_of_people(business, PersonTaskKind.DOUBLE_PAYMENT) == []
