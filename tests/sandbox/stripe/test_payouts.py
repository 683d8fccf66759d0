from typing import Any

import pytest
import stripe

from tests.sandbox.client import SandboxClient
from tests.sandbox.stripe.conftest import Shop


def lines(shop: Shop, payout: str) -> list[Any]:
    listed = shop.client.v1.balance_transactions.list({"payout": payout, "limit": 2}, options=shop.on)
    return list(listed.auto_paging_iter())


def test_a_payout_is_made_of_what_is_available_and_nothing_twice(shop: Shop, sandbox: SandboxClient) -> None:
    first = shop.paid(10_000)
    sandbox.advance(days=2)
    second = shop.paid(3_000)
    shop.control(f"payments/{first}/refund", amount=1_000)
    shop.control(f"accounts/{shop.account}/fee", amount=50, currency="gbp")
    [payout] = shop.control(f"accounts/{shop.account}/payout")["payouts"]
    made_of = lines(shop, payout["id"])
    assert sorted((row.type, row.net) for row in made_of) == [
        ("charge", 9_830),
        ("payout", -8_780),
        ("refund", -1_000),
        ("stripe_fee", -50),
    ]
    assert shop.control(f"accounts/{shop.account}/payout") == {"payouts": []}
    [rest] = shop.control(f"accounts/{shop.account}/payout", everything=True)["payouts"]
    assert {row.source for row in lines(shop, rest["id"])} == {rest["id"], shop.charge_of(second).id}
    assert shop.balance("gbp") == 0
    assert shop.problems() == []


def test_a_payout_arrives_after_two_days_and_is_complete_then(shop: Shop, sandbox: SandboxClient) -> None:
    payout = shop.paid_out()
    assert (payout["status"], payout["reconciliation_status"]) == ("in_transit", "in_progress")
    sandbox.advance(days=2, seconds=10)
    arrived = shop.client.v1.payouts.retrieve(payout["id"], options=shop.on)
    assert (arrived.status, arrived.reconciliation_status) == ("paid", "completed")
    assert arrived.trace_id is not None
    assert arrived.trace_id.value
    assert set(shop.event_types()[-2:]) == {"payout.paid", "payout.reconciliation_completed"}


def test_a_payout_that_seemed_paid_can_fail_and_its_money_goes_out_with_the_next(
    shop: Shop, sandbox: SandboxClient
) -> None:
    payout = shop.paid_out()
    shop.control(f"payouts/{payout['id']}/arrive")
    shop.control(f"payouts/{payout['id']}/fail", code="no_account")
    failed = shop.client.v1.payouts.retrieve(
        payout["id"], {"expand": ["failure_balance_transaction"]}, shop.on
    )
    back: Any = failed.failure_balance_transaction
    assert (failed.status, failed.failure_code) == ("failed", "no_account")
    assert (back.type, back.amount) == ("payout_failure", payout["amount"])
    assert shop.balance("gbp") == payout["amount"]
    [again] = shop.control(f"accounts/{shop.account}/payout")["payouts"]
    assert again["amount"] == payout["amount"]
    assert shop.problems() == []
    sandbox.advance(days=3)
    assert shop.event_types().count("payout.paid") == 2


def test_each_currency_is_paid_out_by_itself(shop: Shop) -> None:
    for amount, currency in ((5_000, "jpy"), (10_000, "kwd"), (1_000, "gbp")):
        shop.paid(amount, currency)
    payouts = shop.control(f"accounts/{shop.account}/payout", everything=True)["payouts"]
    assert {(payout["currency"], payout["amount"]) for payout in payouts} == {
        ("jpy", 4_925),
        ("kwd", 9_650),
        ("gbp", 965),
    }
    [account] = shop.sandbox.get("/control/stripe/ledger").json()["accounts"]
    assert account["currencies"]["jpy"] == {
        "charged": 5_000,
        "refunded": 0,
        "disputed": 0,
        "charged_by_stripe": 0,
        "fees": 75,
        "paid_out": 4_925,
        "available": 0,
        "pending": 0,
        "balance": 0,
    }


def test_payments_that_were_not_ours_are_paid_out_with_ours(shop: Shop, sandbox: SandboxClient) -> None:
    theirs = shop.control(f"accounts/{shop.account}/charge", amount=700, currency="gbp")
    sandbox.advance(seconds=6)
    ours = shop.charge_of(shop.paid(1_000))
    [payout] = shop.control(f"accounts/{shop.account}/payout", everything=True)["payouts"]
    assert {row.source for row in lines(shop, payout["id"])} == {payout["id"], theirs["id"], ours.id}
    assert theirs["metadata"] == {}


def test_what_a_manual_payout_is_made_of_is_not_told(shop: Shop) -> None:
    shop.paid()
    [payout] = shop.control(f"accounts/{shop.account}/payout", everything=True, manual=True)["payouts"]
    assert (payout["automatic"], payout["reconciliation_status"]) == (False, "not_applicable")
    with pytest.raises(stripe.InvalidRequestError, match="not manual"):
        lines(shop, payout["id"])


def test_the_balance_tells_pending_from_available(shop: Shop, sandbox: SandboxClient) -> None:
    shop.paid(10_000)
    waiting = shop.client.v1.balance.retrieve(options=shop.on)
    assert [(row.currency, row.amount) for row in waiting.pending] == [("gbp", 9_830)]
    sandbox.advance(days=2)
    ready = shop.client.v1.balance.retrieve(options=shop.on)
    assert [(row.currency, row.amount) for row in ready.available] == [("gbp", 9_830)]


def test_an_unknown_payout_is_named(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="po_nobody"):
        lines(shop, "po_nobody")
