from typing import Any

import pytest
import stripe

from tests.sandbox.client import SandboxClient
from tests.sandbox.stripe.conftest import Shop


def refunds(shop: Shop, payment: str) -> list[Any]:
    return shop.client.v1.refunds.list({"payment_intent": payment}, options=shop.on).data


def test_a_refund_in_parts_ends_at_the_payment(shop: Shop) -> None:
    payment = shop.paid(12_345)
    for part in (345, 10_000, 2_000):
        shop.control(f"payments/{payment}/refund", amount=part)
    charge = shop.charge_of(payment)
    assert (charge.amount_refunded, charge.refunded) == (12_345, True)
    assert sorted(refund.amount for refund in refunds(shop, payment)) == [345, 2_000, 10_000]
    refused = shop.sandbox.post(f"/control/stripe/payments/{payment}/refund", {})
    assert refused.status_code == 400
    assert "already been refunded" in refused.json()["error"]
    assert shop.problems() == []


def test_a_refund_that_fails_weeks_later_gives_the_money_back_to_the_balance(
    shop: Shop, sandbox: SandboxClient
) -> None:
    payment = shop.paid(5_000)
    refund = shop.control(f"payments/{payment}/refund")
    before = shop.balance("gbp")
    sandbox.advance(days=20)
    shop.control(f"refunds/{refund['id']}/decide", status="failed", reason="lost_or_stolen_card")
    failed = shop.client.v1.refunds.retrieve(
        refund["id"], {"expand": ["failure_balance_transaction"]}, shop.on
    )
    back: Any = failed.failure_balance_transaction
    assert (failed.status, failed.failure_reason) == ("failed", "lost_or_stolen_card")
    assert (back.amount, back.reporting_category) == (5_000, "refund_failure")
    assert shop.balance("gbp") == before + 5_000
    assert shop.charge_of(payment).amount_refunded == 0
    assert set(shop.event_types()[-3:]) == {"refund.updated", "charge.refund.updated", "refund.failed"}
    assert shop.problems() == []


def test_a_pending_refund_has_moved_nothing_until_it_goes_through(shop: Shop, sandbox: SandboxClient) -> None:
    payment = shop.paid(5_000)
    shop.control(f"accounts/{shop.account}/refunds", status="pending")
    made = shop.client.v1.refunds.create({"payment_intent": payment, "amount": 1_000}, options=shop.on)
    assert (made.status, made.pending_reason, made.balance_transaction) == ("pending", "processing", None)
    before = shop.balance("gbp")
    sandbox.advance(days=3, seconds=10)
    done = shop.client.v1.refunds.retrieve(made.id, options=shop.on)
    assert (done.status, done.pending_reason) == ("succeeded", None)
    assert shop.balance("gbp") == before - 1_000
    assert shop.problems() == []


def test_a_pending_refund_that_is_canceled_never_moves_anything(shop: Shop, sandbox: SandboxClient) -> None:
    payment = shop.paid(5_000)
    refund = shop.control(f"payments/{payment}/refund", status="pending")
    before = shop.balance("gbp")
    shop.control(f"refunds/{refund['id']}/decide", status="canceled")
    sandbox.advance(days=10)
    after = shop.client.v1.refunds.retrieve(refund["id"], options=shop.on)
    assert (after.status, after.failure_balance_transaction) == ("canceled", None)
    assert shop.balance("gbp") == before
    assert shop.charge_of(payment).amount_refunded == 0


@pytest.mark.parametrize("status", ["succeeded", "canceled", "pending"])
def test_what_cannot_become_of_a_refund_is_refused(shop: Shop, status: str) -> None:
    refund = shop.control(f"payments/{shop.paid()}/refund")
    answer = shop.sandbox.post(f"/control/stripe/refunds/{refund['id']}/decide", {"status": status})
    assert answer.status_code == 400


def test_a_refund_of_a_debit_is_pending_and_a_kind_of_its_own(shop: Shop, sandbox: SandboxClient) -> None:
    session = shop.checkout()
    payment = shop.pay(session, "debit")["payment_intent"]
    shop.control(f"payments/{payment}/answer", outcome="succeeded")
    sandbox.advance(seconds=6)
    refund = shop.client.v1.refunds.create({"payment_intent": payment}, options=shop.on)
    assert (refund.status, refund.id.startswith("pyr_")) == ("pending", True)
    sandbox.advance(days=3, seconds=10)
    kinds = [row.type for row in shop.transactions()]
    assert kinds == ["payment_refund", "payment"]
    assert shop.problems() == []


def test_a_refund_replayed_with_its_key_is_made_once_and_refused_for_another_amount(shop: Shop) -> None:
    payment = shop.paid(5_000)
    options: Any = {**shop.on, "idempotency_key": "refund-1"}
    first = shop.client.v1.refunds.create({"payment_intent": payment, "amount": 100}, options)
    again = shop.client.v1.refunds.create({"payment_intent": payment, "amount": 100}, options)
    assert first.id == again.id
    with pytest.raises(stripe.IdempotencyError):
        shop.client.v1.refunds.create({"payment_intent": payment, "amount": 200}, options)
    assert len(refunds(shop, payment)) == 1


def test_thousandths_are_given_back_in_steps_of_ten(shop: Shop) -> None:
    payment = shop.paid(10_000, "kwd")
    with pytest.raises(stripe.InvalidRequestError, match="must be 0"):
        shop.client.v1.refunds.create({"payment_intent": payment, "amount": 1_001}, options=shop.on)
    shop.client.v1.refunds.create({"payment_intent": payment, "amount": 1_010}, options=shop.on)
    assert shop.problems() == []


def test_a_balance_in_another_currency_is_moved_at_the_rate_of_the_moment(shop: Shop) -> None:
    shop.control(f"accounts/{shop.account}/settle-in", currency="gbp", of="eur", rate="0.8555")
    payment = shop.paid(10_001, "eur")
    [taken] = shop.transactions()
    assert (taken.amount, taken.currency, taken.exchange_rate) == (8_556, "gbp", 0.8555)
    shop.control(f"accounts/{shop.account}/settle-in", currency="gbp", of="eur", rate="0.9")
    refund = shop.control(f"payments/{payment}/refund")
    assert (refund["currency"], shop.transactions()[0].amount) == ("eur", -9_001)
    shop.control(f"refunds/{refund['id']}/decide", status="failed")
    assert shop.transactions()[0].amount == 9_001
    assert shop.problems() == []
