"""Whatever order, however often, under whatever id: one payment, one set of entries."""

import json
import random
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import stripe

from app.models import (
    Checkout,
    CheckoutState,
    InboundEvent,
    PaymentState,
    Payout,
    PayoutState,
    ProcessorAccount,
    Route,
    Task,
    TaskState,
)
from app.payments import onboarding
from app.payments.accounts import card_account
from app.payments.coverage import ours_not_in_ledger
from app.payments.tasks import sweep_events
from app.processors.base import CheckoutLine
from app.processors.registry import open_processor
from app.tasks import kinds
from app.tasks.queue import enqueue
from tests.payments.business import Business, early_in_a_minute
from tests.payments.money_flow import account_of
from tests.sandbox.receiver import Received


def everything_paid_once(business: Business) -> None:
    """One payment, booked to the cent with its fee and a note per invoice."""
    [payment] = business.payments()
    assert payment.state is PaymentState.SUCCEEDED
    assert business.all_done(), business.states()
    books = business.books()
    assert sum(books.payments(payment.external_id)) == payment.amount
    assert books.fees(payment.external_id) == [payment.fee]
    notes = books.notes(payment.external_id)
    assert len(notes) == len(set(notes)) == len(books.payments(payment.external_id))


def paid_with_fee(business: Business) -> list[Received]:
    """All webhooks of a card payment, none delivered yet."""
    customer, _ = business.open_invoices(at_least=2)
    business.pay(business.link(customer))
    business.wait_for_webhook("checkout.session.completed")
    business.sandbox.advance(seconds=60)
    business.wait_for_webhook("charge.updated")
    return business.webhooks()


@pytest.mark.parametrize("seed", range(3))
def test_webhooks_in_any_order_five_times_each_make_one_payment(business: Business, seed: int) -> None:
    webhooks = paid_with_fee(business) * 5
    random.Random(seed).shuffle(webhooks)
    for webhook in webhooks:
        business.deliver(webhook)
        if random.Random(seed).random() < 0.3:
            business.work()
    business.work()
    everything_paid_once(business)


def test_backwards_with_work_between_each_makes_one_payment(business: Business) -> None:
    for webhook in reversed(paid_with_fee(business)):
        business.deliver(webhook)
        business.work()
    everything_paid_once(business)


def test_the_same_fact_under_another_event_id_is_the_same_payment(business: Business) -> None:
    webhooks = paid_with_fee(business)
    business.deliver(*webhooks)
    business.work()
    business.deliver(*[renamed(business, webhook) for webhook in webhooks])
    business.work()
    everything_paid_once(business)


def renamed(business: Business, webhook: Received) -> Received:
    """The same event under a new id, properly signed."""
    body = json.dumps(json.loads(webhook.body) | {"id": f"evt_{uuid4().hex}"})
    secret = business.ground.settings.stripe_webhook_secret.get_secret_value()
    at = int(business.ground.clock.now().timestamp())
    webhook.headers.replace_header(
        "Stripe-Signature", stripe.WebhookSignature.generate_signature_header(body, secret, timestamp=at)
    )
    webhook.headers.replace_header("Content-Length", str(len(body)))
    return Received(webhook.path, webhook.headers, body.encode())


def test_a_payment_no_webhook_told_of_is_found_by_the_sweep(business: Business) -> None:
    paid_with_fee(business)
    sweep(business)
    everything_paid_once(business)
    sweep(business)
    everything_paid_once(business)


def sweep(business: Business) -> None:
    """A quarter of an hour passes at the ticker."""
    with business.ground.database.platform() as session:
        sweep_events(session, business.ground.clock.now())
    business.work()


def test_the_fee_is_asked_for_when_its_webhook_is_lost(business: Business) -> None:
    early_in_a_minute(business)
    customer, _ = business.open_invoices()
    business.pay(business.link(customer))
    business.wait_for_webhook("checkout.session.completed")
    business.deliver(*business.webhooks('"checkout.session.completed"'))
    business.work()
    assert business.payments()[0].fee is None
    business.sandbox.advance(seconds=90)
    business.work()
    everything_paid_once(business)


def test_a_bank_debit_holds_reminders_until_it_succeeds(business: Business) -> None:
    customer, [invoice, *_] = business.open_invoices()
    path = business.link(customer)
    business.pay(path, method="debit", ticked=business.ticks(path)[:1])
    business.wait_for_webhook("payment_intent.processing")
    business.deliver()
    business.work()
    assert business.payments()[0].state is PaymentState.PROCESSING
    assert business.entries() == []
    with business.unit() as session:
        assert ours_not_in_ledger(session, [invoice.id]) == {invoice.id: invoice.amount_due}
    business.sandbox.advance(days=4)
    business.wait_for_webhook("checkout.session.async_payment_succeeded")
    business.sandbox.advance(seconds=60)
    business.wait_for_webhook("charge.updated")
    business.deliver(*business.webhooks("async_payment_succeeded", "charge.updated"))
    business.work()
    everything_paid_once(business)


def test_a_refused_debit_frees_the_invoice_again(business: Business) -> None:
    customer, [invoice, *_] = business.open_invoices()
    path = business.link(customer)
    business.pay(path, method="debit_fails", ticked=business.ticks(path)[:1])
    business.wait_for_webhook("payment_intent.processing")
    business.deliver()
    business.work()
    business.sandbox.advance(days=4)
    business.wait_for_webhook("checkout.session.async_payment_failed")
    business.deliver(*business.webhooks("async_payment_failed", "payment_intent.payment_failed"))
    business.work()
    assert business.payments()[0].state is PaymentState.FAILED
    with business.unit() as session:
        assert ours_not_in_ledger(session, [invoice.id]) == {}
    assert business.entries() == []
    assert len(business.ticks(path)) > 0


def test_a_declined_card_is_no_payment_and_the_next_one_counts(business: Business) -> None:
    customer, _ = business.open_invoices()
    session_id = business.session_of(business.press_pay(business.link(customer)))
    business.pay_at_stripe(session_id, "card_declined")
    business.wait_for_webhook("payment_intent.payment_failed")
    business.deliver()
    business.work()
    assert business.payments() == []
    business.pay_at_stripe(session_id)
    business.wait_for_webhook("checkout.session.completed")
    business.sandbox.advance(seconds=60)
    business.wait_for_webhook("charge.updated")
    business.deliver()
    business.work()
    everything_paid_once(business)


def test_a_page_that_ran_out_is_forgotten(business: Business) -> None:
    customer, _ = business.open_invoices()
    business.press_pay(business.link(customer))
    business.sandbox.advance(seconds=2 * 3600)
    business.wait_for_webhook("checkout.session.expired")
    business.deliver(*business.webhooks("checkout.session.expired"))
    business.work()
    assert checkout_states(business) == [CheckoutState.EXPIRED]


def test_a_page_that_ran_out_unheard_is_found_by_the_sweep(business: Business) -> None:
    customer, _ = business.open_invoices()
    business.press_pay(business.link(customer))
    business.sandbox.advance(days=40)
    sweep(business)
    assert checkout_states(business) == [CheckoutState.EXPIRED]


def test_what_is_left_of_an_account_that_is_over_is_asked_about_there_and_nowhere_else(
    business: Business,
) -> None:
    customer, _ = business.open_invoices()
    old, page = account_of(business), business.session_of(business.press_pay(business.link(customer)))
    business.sandbox.control(f"stripe/accounts/{old}/deauthorize")
    onboarding.refresh_account(business.ground, business.tenant.tenant_id)
    new = business.take_cards()
    business.sandbox.advance(days=40)
    payout_under_way(business, old)
    for account, asked_there in ((new, []), (old, [(old, page)])):
        sweep_only(business, account)
        with business.ground.database.platform() as session:
            asked = session.query(InboundEvent).filter(InboundEvent.subject.in_([page, "po_old"])).all()
        assert [(event.outside_org, event.subject) for event in asked] == asked_there


def payout_under_way(business: Business, account: str) -> None:
    """A payout of an account that nobody told the end of."""
    now = business.ground.clock.now()
    with business.unit() as session:
        owner = session.query(ProcessorAccount).filter_by(external_id=account).one()
        session.add(
            Payout(
                tenant_id=owner.tenant_id,
                id=uuid4(),
                processor_account_id=owner.id,
                external_id="po_old",
                currency="GBP",
                amount=Decimal(7),
                state=PayoutState.ON_ITS_WAY,
                is_automatic=True,
                is_reconciled=False,
                arrives_on=now.date(),
                created_at=now,
            )
        )


def sweep_only(business: Business, account: str) -> None:
    now = business.ground.clock.now()
    with business.ground.database.platform() as session:
        route = session.get_one(Route, ("stripe", account))
        enqueue(
            session,
            kind=kinds.SWEEP_EVENTS,
            tenant_id=route.tenant_id,
            subject_id=route.subject_id,
            key=account,
            run_at=now,
            now=now,
        )
    business.work()


def checkout_states(business: Business) -> list[CheckoutState]:
    with business.unit() as session:
        return [checkout.state for checkout in session.query(Checkout).order_by(Checkout.created_at)]


def test_an_amount_that_differs_books_nothing_and_says_so(business: Business) -> None:
    customer, _ = business.open_invoices()
    business.pay(business.link(customer))
    with business.unit() as session:
        session.query(Checkout).one().amount += Decimal("0.01")
    business.wait_for_webhook("checkout.session.completed")
    business.deliver()
    business.work()
    assert business.payments() == []
    assert business.entries() == []
    with business.ground.database.platform() as session:
        parked = session.query(Task).filter_by(state=TaskState.PARKED).all()
    assert {task.kind for task in parked} <= {kinds.SETTLE_CHECKOUT, kinds.SETTLE_PAYMENT}
    assert all("Nothing was booked" in (task.reason or "") for task in parked)
    assert parked


def test_sales_of_the_accounts_own_shop_are_none_of_our_business(business: Business) -> None:
    with business.unit() as session:
        row = card_account(session)
        assert row is not None
        account = row.external_id
    assert account
    theirs = open_processor(business.ground.settings).open_checkout(
        account=account,
        reference="their-own-order",
        currency="GBP",
        lines=[CheckoutLine("A chair", Decimal(90))],
        customer_email=None,
        success_url="http://127.0.0.1:8400/",
        cancel_url="http://127.0.0.1:8400/",
        expires_at=business.ground.clock.now() + timedelta(hours=1),
        idempotency_key=uuid4().hex,
    )
    business.pay_at_stripe(theirs.external_id)
    business.wait_for_webhook("checkout.session.completed")
    business.deliver()
    business.work()
    assert business.payments() == []
    with business.ground.database.platform() as session:
        assert session.query(Task).filter_by(state=TaskState.PARKED).count() == 0


@pytest.mark.parametrize("fault", ["drop", "500", "429", "garbage", "html"])
def test_a_look_that_fails_at_stripe_is_repeated(business: Business, fault: str) -> None:
    webhooks = paid_with_fee(business)
    business.sandbox.fault("stripe", fault, match="GET /stripe/v1", times=6, value=2)
    business.deliver(*webhooks)
    business.work()
    business.sandbox.delete("/control/faults")
    business.sandbox.advance(seconds=120)
    business.work()
    everything_paid_once(business)
