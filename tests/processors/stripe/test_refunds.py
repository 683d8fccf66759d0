"""Giving money back through the adapter."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from app.kit.errors import OutcomeUnknown, Rejected, Retryable
from app.processors.base import EntryKind, RefundFacts, RefundReason, RefundState
from tests.processors.stripe.conftest import Shop


def give_back(shop: Shop, payment: str, amount: str = "20.10", **changes: Any) -> RefundFacts:
    wishes: dict[str, Any] = {
        "account": shop.account,
        "payment": payment,
        "amount": Decimal(amount),
        "currency": "GBP",
        "reference": "refund-1",
        "idempotency_key": uuid4().hex,
        "reason": RefundReason.REQUESTED_BY_CUSTOMER,
        **changes,
    }
    return shop.processor.refund_payment(**wishes)


def test_a_part_is_given_back_and_names_our_refund_and_what_it_took(shop: Shop) -> None:
    payment = shop.paid()
    made = give_back(shop, payment)
    assert (made.state, made.amount, made.currency) == (RefundState.SUCCEEDED, Decimal("20.10"), "GBP")
    assert (made.reference, made.reason) == ("refund-1", "requested_by_customer")
    assert made.payment_external_id == payment
    assert made.entry
    assert (made.entry.kind, made.entry.net) == (EntryKind.REFUND, Decimal("-20.10"))
    assert made.entry.payment_external_id == payment
    assert shop.processor.refund(shop.account, made.external_id) == made
    assert shop.processor.payment(shop.account, payment).refunded == Decimal("20.10")


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "1200"), ("KWD", "1.230"), ("USD", "0.01")])
def test_a_refund_keeps_its_amount_in_every_kind_of_currency(shop: Shop, currency: str, amount: str) -> None:
    payment = shop.paid("5000", currency)
    made = give_back(shop, payment, amount, currency=currency)
    assert (made.amount, made.currency) == (Decimal(amount), currency)
    assert made.entry
    assert made.entry.gross == -Decimal(amount)


def test_more_than_is_left_is_refused_in_stripes_words(shop: Shop) -> None:
    payment = shop.paid()
    give_back(shop, payment, "100.00")
    with pytest.raises(Rejected, match="greater than unrefunded"):
        give_back(shop, payment, "20.11")
    give_back(shop, payment, "20.10")
    with pytest.raises(Rejected, match="already been refunded"):
        give_back(shop, payment, "0.01")


def test_an_amount_too_fine_for_the_currency_is_refused_before_stripe_is_asked(shop: Shop) -> None:
    with pytest.raises(Rejected, match="too fine"):
        give_back(shop, "pi_nobody", "1.001", currency="KWD")


def test_a_payment_that_the_bank_took_back_is_not_given_back_again(shop: Shop) -> None:
    payment = shop.paid()
    shop.control(f"payments/{payment}/dispute")
    with pytest.raises(Rejected, match="charged back"):
        give_back(shop, payment)


def test_a_lost_answer_is_unknown_and_the_same_key_gives_back_once(shop: Shop) -> None:
    payment = shop.paid()
    shop.sandbox.fault("stripe", "drop", match="POST /stripe/v1/refunds", times=20)
    with pytest.raises(OutcomeUnknown):
        give_back(shop, payment, idempotency_key="once")
    shop.sandbox.delete("/control/faults")
    settled = give_back(shop, payment, idempotency_key="once")
    assert [row.external_id for row in shop.processor.refunds(shop.account)] == [settled.external_id]


def test_a_key_used_for_another_amount_is_refused(shop: Shop) -> None:
    payment = shop.paid()
    give_back(shop, payment, "1.00", idempotency_key="once")
    with pytest.raises(Rejected, match="same parameters"):
        give_back(shop, payment, "2.00", idempotency_key="once")
    assert shop.processor.payment(shop.account, payment).refunded == Decimal("1.00")


def test_a_pending_refund_took_nothing_yet(shop: Shop) -> None:
    payment = shop.paid()
    shop.on_account("refunds", status="pending")
    made = give_back(shop, payment)
    assert (made.state, made.entry) == (RefundState.PENDING, None)
    shop.sandbox.advance(days=4)
    done = shop.processor.refund(shop.account, made.external_id)
    assert done.state is RefundState.SUCCEEDED
    assert done.entry


def test_a_refund_can_fail_after_it_succeeded_and_says_why(shop: Shop) -> None:
    made = give_back(shop, shop.paid())
    shop.control(f"refunds/{made.external_id}/decide", status="failed", reason="expired_or_canceled_card")
    failed = shop.processor.refund(shop.account, made.external_id)
    assert (failed.state, failed.failure) == (RefundState.FAILED, "expired_or_canceled_card")
    assert failed.failure_entry
    assert failed.failure_entry.kind is EntryKind.REFUND_FAILED
    assert failed.failure_entry.net == Decimal("20.10")


def test_a_refund_canceled_before_it_went_out_is_told_as_such(shop: Shop) -> None:
    made = shop.control(f"payments/{shop.paid()}/refund", status="pending")
    shop.control(f"refunds/{made['id']}/decide", status="canceled")
    assert shop.processor.refund(shop.account, made["id"]).state is RefundState.CANCELLED


def test_refunds_are_listed_by_payment_and_time_whoever_made_them(shop: Shop) -> None:
    first, second = shop.paid(), shop.paid()
    ours = give_back(shop, first)
    theirs = shop.control(f"payments/{second}/refund", amount=100)
    listed = list(shop.processor.refunds(shop.account))
    assert [(row.external_id, row.reference) for row in listed] == [
        (theirs["id"], None),
        (ours.external_id, "refund-1"),
    ]
    assert list(shop.processor.refunds(shop.account, payment=first)) == [ours]
    later = shop.sandbox.now() + timedelta(minutes=1)
    assert list(shop.processor.refunds(shop.account, since=later)) == []


def test_more_refunds_than_a_page_holds_are_all_listed(shop: Shop) -> None:
    payment = shop.paid("200")
    for _ in range(103):
        shop.control(f"payments/{payment}/refund", amount=1)
    assert len({row.external_id for row in shop.processor.refunds(shop.account)}) == 103


def test_a_refund_that_cannot_be_read_can_be_asked_again(shop: Shop) -> None:
    made = give_back(shop, shop.paid())
    shop.sandbox.fault("stripe", "500", match="GET /stripe/v1/refunds", times=20)
    with pytest.raises(Retryable):
        shop.processor.refund(shop.account, made.external_id)
