"""A worker is killed while it gives money back: never two refunds, and never none.

Stripe keeps working after the worker is gone: the request that was under way is carried out all the same.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.models import Payment, PersonTaskKind, RefundState
from app.payments.refunds_words import NEVER_ARRIVED
from tests.payments.business import Business
from tests.payments.money_flow import asked_of_people, give_back, one, paid, refunds, stripe_books, sweep
from tests.payments.test_storm import STALL_SECONDS, reached, worker
from tests.sandbox.client import wait_until
from tests.support.tasks import let_leases_run_out

LOOK, SEND = "GET /stripe/v1/refunds", "POST /stripe/v1/refunds"


def given_back_once(business: Business) -> None:
    """One refund at Stripe, one row, and they are the same."""
    [there] = stripe_books(business)["refunds"]
    row = one(refunds(business))
    assert (row.external_id, row.state) == (there["id"], RefundState.SUCCEEDED)
    assert there["metadata"] == {"refund": str(row.id)}


def go_on(business: Business, *, minutes: int = 4) -> None:
    """The lease is over, and another worker comes."""
    let_leases_run_out(business.ground)
    business.work()
    for _ in range(minutes):
        business.sandbox.advance(seconds=60)
        business.work()


@pytest.mark.parametrize("call", [LOOK, SEND])
def test_killed_while_stripe_is_asked(business: Business, call: str) -> None:
    give_back(business, paid(business), "1")
    fault = business.sandbox.fault("stripe", "latency", match=call, times=1, value=STALL_SECONDS)
    with worker(business) as doomed:
        reached(business, fault)
        doomed.kill()
        doomed.wait(60)
    go_on(business)
    given_back_once(business)


def test_killed_after_saying_that_it_is_sent_and_before_stripe_heard_of_it(business: Business) -> None:
    give_back(business, paid(business), "1")
    business.sandbox.fault("stripe", "drop-before", match=SEND, times=500)
    with worker(business) as doomed:
        wait_until(lambda: one(refunds(business)).sent_at is not None)
        doomed.kill()
        doomed.wait(60)
    business.sandbox.delete("/control/faults")
    assert stripe_books(business)["refunds"] == []
    go_on(business)
    given_back_once(business)


def test_killed_between_stripes_answer_and_writing_it_down(business: Business) -> None:
    payment = paid(business)
    give_back(business, payment, "1")
    with held_up(business, payment), worker(business) as doomed:
        wait_until(lambda: stripe_books(business)["refunds"])
        doomed.kill()
        doomed.wait(60)
    assert one(refunds(business)).external_id is None
    go_on(business)
    given_back_once(business)


@contextmanager
def held_up(business: Business, payment: Payment) -> Iterator[None]:
    """Nobody can write down anything about the payment meanwhile."""
    is_held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with business.unit() as session:
            session.scalars(select(Payment).where(Payment.id == payment.id).with_for_update()).one()
            is_held.set()
            may_go.wait(50)

    holder = threading.Thread(target=hold)
    holder.start()
    assert is_held.wait(10)
    try:
        yield
    finally:
        may_go.set()
        holder.join()


def test_stalled_while_sending_and_overtaken(business: Business) -> None:
    give_back(business, paid(business), "1")
    fault = business.sandbox.fault("stripe", "latency", match=SEND, times=1, value=STALL_SECONDS)
    with worker(business) as stalled:
        reached(business, fault)
        let_leases_run_out(business.ground)
        business.work()
        assert stalled.wait(60) == 0
    go_on(business)
    given_back_once(business)


@pytest.mark.parametrize("fault", ["drop", "drop-before", "500", "429", "garbage", "html"])
def test_an_answer_that_is_lost_is_asked_for_again(business: Business, fault: str) -> None:
    give_back(business, paid(business), "1")
    business.sandbox.fault("stripe", fault, match=SEND, times=4, value=2)
    business.work()
    go_on(business, minutes=12)
    given_back_once(business)


def test_the_webhook_may_come_before_the_answer_is_written_down(business: Business) -> None:
    give_back(business, paid(business), "1")
    business.sandbox.fault("stripe", "drop", match=SEND, times=20)
    business.work()
    business.sandbox.delete("/control/faults")
    sweep(business)
    given_back_once(business)
    go_on(business)
    given_back_once(business)


def test_what_was_sent_too_long_ago_is_not_sent_again(business: Business) -> None:
    """Stripe forgets keys after 24 hours, and who asked has given up waiting: a person decides."""
    give_back(business, paid(business), "1")
    business.sandbox.fault("stripe", "drop-before", match=SEND, times=500)
    business.work()
    business.sandbox.delete("/control/faults")
    business.sandbox.advance(seconds=timedelta(hours=25).total_seconds())
    business.work()
    row = one(refunds(business))
    assert (row.state, row.failure) == (RefundState.FAILED, NEVER_ARRIVED)
    assert stripe_books(business)["refunds"] == []
    assert one(asked_of_people(business, PersonTaskKind.REFUND_FAILED)).subject_id == row.id
