"""Money given back: asked for here or made in Stripe's dashboard, told in any order, failing later."""

import random
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from app.kit.errors import NotFound, Rejected
from app.models import PersonTaskKind, RefundState, WriteBackKind
from app.payments.refunds import ask_for_refund
from app.payments.refunds_surcharge import left_to_give_back
from app.payments.refunds_words import why_failed
from tests.payments.business import Business
from tests.payments.money_flow import (
    account_of,
    asked_of_people,
    at_stripe,
    entries_of,
    give_back,
    minor,
    on_account,
    one,
    paid,
    refunds,
    stripe_books,
    sweep,
)

BOOKED = (WriteBackKind.REFUND, WriteBackKind.REFUND_RETURNED)


def at_stripes(business: Business) -> list[tuple[int, str]]:
    return [(row["amount"], row["status"]) for row in stripe_books(business)["refunds"]]


def test_a_part_is_given_back_with_the_words_of_whoever_asked(business: Business) -> None:
    payment = paid(business)
    asked = give_back(business, payment, "1.25", "One chair was broken")
    assert (asked.state, asked.external_id, asked.sent_at) == (RefundState.ASKED, None, None)
    business.work()
    done = one(refunds(business))
    assert (done.id, done.state, done.amount) == (asked.id, RefundState.SUCCEEDED, Decimal("1.25"))
    assert (done.reason, done.asked_by) == ("One chair was broken", business.owner())
    assert done.settled_at is not None
    assert at_stripes(business) == [(125, "succeeded")]
    assert entries_of(business, *BOOKED) == [WriteBackKind.REFUND]
    with business.unit() as session:
        assert left_to_give_back(session, payment) == payment.amount - Decimal("1.25")


def test_all_is_given_back_in_parts_until_nothing_is_left(business: Business) -> None:
    payment = paid(business)
    give_back(business, payment, "1")
    business.work()
    rest = payment.amount - 1
    with pytest.raises(Rejected, match="is too much: only GBP"):
        give_back(business, payment, str(payment.amount))
    give_back(business, payment, str(rest))
    business.work()
    with pytest.raises(Rejected, match="given back already"):
        give_back(business, payment, "0.01")
    assert sum(amount for amount, _ in at_stripes(business)) == minor(payment.amount)


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "0.001"])
def test_an_amount_that_is_none_is_refused(business: Business, amount: str) -> None:
    payment = paid(business)
    with pytest.raises(Rejected, match=r"above zero|more digits"):
        give_back(business, payment, amount)


def test_a_second_press_of_the_button_gives_nothing_back(business: Business) -> None:
    payment = paid(business)
    give_back(business, payment, "1")
    with pytest.raises(Rejected, match="on its way to Stripe"):
        give_back(business, payment, "1")
    business.work()
    assert at_stripes(business) == [(100, "succeeded")]


def test_a_payment_that_is_not_there_or_has_not_arrived_is_not_given_back(business: Business) -> None:
    customer, _ = business.open_invoices()
    business.pay(business.link(customer), method="debit")
    business.wait_for_webhook("payment_intent.processing")
    business.deliver()
    business.work()
    [waiting] = business.payments()
    with pytest.raises(Rejected, match="has not arrived"):
        give_back(business, waiting, "1")
    with pytest.raises(NotFound):
        ask_for_refund(
            business.ground,
            business.tenant.tenant_id,
            payment_id=uuid4(),
            amount=Decimal(1),
            reason="",
            asked_by=business.owner(),
        )


def test_what_stripe_refuses_says_why_and_asks_a_person(business: Business) -> None:
    payment = paid(business)
    at_stripe(business, f"payments/{payment.external_id}/refund")  # in the dashboard; nobody has told us yet
    give_back(business, payment, "1")
    business.work()
    failed = next(row for row in refunds(business) if row.asked_by is not None)
    assert failed.state is RefundState.FAILED
    assert "already been refunded" in (failed.failure or "")
    task = one(asked_of_people(business, PersonTaskKind.REFUND_FAILED))
    assert task.subject_id == failed.id
    assert "GBP 1.00 did not reach the customer" in task.words


def test_a_refund_made_in_the_dashboard_appears(business: Business) -> None:
    payment = paid(business)
    made = at_stripe(business, f"payments/{payment.external_id}/refund", amount=250)
    sweep(business)
    found = one(refunds(business))
    assert (found.external_id, found.amount, found.state) == (
        made["id"],
        Decimal("2.50"),
        RefundState.SUCCEEDED,
    )
    assert (found.reason, found.asked_by, found.sent_at) == (None, None, None)
    assert entries_of(business, *BOOKED) == [WriteBackKind.REFUND]


@pytest.mark.parametrize("seed", range(3))
def test_told_in_any_order_five_times_under_other_ids_it_is_one_refund(business: Business, seed: int) -> None:
    payment = paid(business)
    business.receiver.forget()
    made = at_stripe(business, f"payments/{payment.external_id}/refund", amount=100)
    business.wait_for_webhook("charge.refunded")
    at_stripe(business, f"refunds/{made['id']}/decide", status="failed", reason="lost_or_stolen_card")
    business.wait_for_webhook("refund.failed")
    at_stripe(business, "webhooks/replay", times=2, shuffle=True, type="refund.*", retold=True)
    webhooks = business.webhooks() * 5
    random.Random(seed).shuffle(webhooks)
    for webhook in webhooks:
        business.deliver(webhook)
        if random.Random(seed).random() < 0.2:
            business.work()
    business.work()
    found = one(refunds(business))
    assert found.state is RefundState.FAILED
    assert found.failure == "The card was reported lost or stolen."
    # No look saw it succeed, or one did: then it was booked, and booked back.
    assert entries_of(business, *BOOKED) in ([], sorted(BOOKED))


def test_news_of_a_refund_before_news_of_its_payment(business: Business) -> None:
    customer, _ = business.open_invoices()
    business.pay(business.link(customer))
    business.wait_for_webhook("checkout.session.completed")
    [intent] = stripe_books(business)["payment_intents"]
    at_stripe(business, f"payments/{intent['id']}/refund", amount=100)
    business.wait_for_webhook("refund.created")
    business.deliver(*business.webhooks('"refund.created"'))
    business.work()
    assert [payment.external_id for payment in business.payments()] == [intent["id"]]
    assert one(refunds(business)).amount == 1


def test_a_refund_that_fails_weeks_later_is_returned_and_told(business: Business) -> None:
    payment = paid(business)
    give_back(business, payment, "2")
    business.work()
    [row] = refunds(business)
    business.sandbox.advance(days=12)
    at_stripe(business, f"refunds/{row.external_id}/decide", status="failed", reason="declined")
    sweep(business)
    failed = one(refunds(business))
    assert (failed.state, failed.failure) == (RefundState.FAILED, "The customer's bank refused it.")
    assert entries_of(business, *BOOKED) == sorted(BOOKED)
    assert "did not reach the customer" in one(asked_of_people(business, PersonTaskKind.REFUND_FAILED)).words
    give_back(business, payment, str(payment.amount))
    business.work()
    assert refunds(business)[-1].state is RefundState.SUCCEEDED


def test_a_refund_that_left_and_failed_before_it_was_heard_of_is_booked_both_ways(business: Business) -> None:
    payment = paid(business)
    made = at_stripe(business, f"payments/{payment.external_id}/refund", amount=300)
    business.sandbox.advance(days=2)
    at_stripe(business, f"refunds/{made['id']}/decide", status="failed", reason="declined")
    sweep(business)
    assert one(refunds(business)).state is RefundState.FAILED
    assert entries_of(business, *BOOKED) == sorted(BOOKED)
    days = {row.kind: row.booked_on for row in business.entries()}
    assert days[WriteBackKind.REFUND_RETURNED] - days[WriteBackKind.REFUND] == timedelta(days=2)


def test_a_pending_refund_is_booked_only_when_its_money_has_moved(business: Business) -> None:
    payment = paid(business)
    on_account(business, "refunds", status="pending")
    give_back(business, payment, "2")
    business.work()
    assert one(refunds(business)).state is RefundState.PENDING
    assert entries_of(business, *BOOKED) == []
    with pytest.raises(Rejected, match="is too much"):
        give_back(business, payment, str(payment.amount))
    business.sandbox.advance(days=4)
    sweep(business)
    assert one(refunds(business)).state is RefundState.SUCCEEDED
    assert entries_of(business, *BOOKED) == [WriteBackKind.REFUND]


def test_a_refund_called_off_before_it_left_is_nothing(business: Business) -> None:
    payment = paid(business)
    made = at_stripe(business, f"payments/{payment.external_id}/refund", status="pending")
    sweep(business)
    at_stripe(business, f"refunds/{made['id']}/decide", status="canceled")
    sweep(business)
    failed = one(refunds(business))
    assert (failed.state, failed.failure) == (RefundState.FAILED, "It was called off.")
    assert entries_of(business, *BOOKED) == []


def test_refunds_that_no_event_told_are_found_by_the_movements_of_the_balance(business: Business) -> None:
    """The processor forgets its events after 30 days; we were away for longer."""
    payment = paid(business)
    on_account(business, "refunds", status="succeeded")
    at_stripe(business, f"payments/{payment.external_id}/refund", amount=300)
    business.sandbox.advance(days=40)
    sweep(business)
    assert one(refunds(business)).amount == 3


def test_the_payments_own_record_tells_of_refunds_too(business: Business) -> None:
    payment = paid(business)
    business.receiver.forget()
    at_stripe(business, f"payments/{payment.external_id}/refund", amount=300)
    business.wait_for_webhook("charge.refunded")
    business.deliver(*business.webhooks('"charge.refunded"'))
    business.work()
    assert one(refunds(business)).amount == 3


def test_refunds_of_other_sales_are_none_of_our_business(business: Business) -> None:
    paid(business)
    charge = on_account(business, "charge", amount=5000, currency="gbp")
    at_stripe(business, f"payments/{charge['id']}/refund")
    sweep(business)
    assert refunds(business) == []


def test_a_closed_account_gives_nothing_back_and_says_so(business: Business) -> None:
    payment = paid(business)
    give_back(business, payment, "1")
    on_account(business, "deauthorize")
    business.work()
    failed = one(refunds(business))
    assert failed.state is RefundState.FAILED
    assert "no longer lets us use this account" in (failed.failure or "")
    assert account_of(business)


def test_a_code_we_do_not_know_is_still_a_sentence() -> None:
    assert why_failed("sunspots") == "Stripe says: sunspots."
    assert why_failed(None) == "Stripe does not say why."
