from typing import Any

import pytest
import stripe

from tests.sandbox.client import SandboxClient
from tests.sandbox.stripe.conftest import Shop

DEEP = "payment_intent.latest_charge.balance_transaction"


def test_a_card_payment_completes_the_session_before_its_fee_is_known(
    shop: Shop, sandbox: SandboxClient
) -> None:
    session = shop.checkout()
    shop.pay(session)
    paid = shop.session(session.id, DEEP)
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert paid.payment_intent.status == "succeeded"
    assert paid.payment_intent.amount_received == 12_345
    assert paid.payment_intent.metadata.to_dict() == {"invoice_id": "9"}
    assert paid.payment_intent.latest_charge.balance_transaction is None
    assert "charge.updated" not in shop.event_types()

    sandbox.advance(seconds=6)
    booked = shop.session(session.id, DEEP).payment_intent.latest_charge.balance_transaction
    assert (booked.amount, booked.fee, booked.net) == (12_345, 205, 12_140)
    assert [(detail.type, detail.amount) for detail in booked.fee_details] == [("stripe_fee", 205)]
    assert shop.event_types()[-1] == "charge.updated"


@pytest.mark.parametrize(
    ("amount", "currency", "fee"),
    [
        (10_000, "gbp", 170),
        (1_000, "gbp", 35),
        (1_033, "gbp", 35),  # 15.495 + 20 = 35.495
        (1_100, "eur", 37),  # 16.5 + 20 = 36.5, halves up
        (5_000, "jpy", 75),  # 75 + 0.2: no decimals
        (10_000, "kwd", 350),  # 150 + 200: three decimals
    ],
)
def test_the_fee_is_one_and_a_half_percent_and_twenty(
    shop: Shop, sandbox: SandboxClient, amount: int, currency: str, fee: int
) -> None:
    session = shop.checkout(amount, currency)
    shop.pay(session)
    sandbox.advance(seconds=6)
    booked = shop.session(session.id, DEEP).payment_intent.latest_charge.balance_transaction
    assert (booked.fee, booked.net, booked.currency) == (fee, amount - fee, currency)


def test_a_declined_card_leaves_the_session_open(shop: Shop) -> None:
    session = shop.checkout()
    assert shop.pay(session, "card_declined")["status"] == "open"
    intent = shop.session(session.id, "payment_intent").payment_intent
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.code == "card_declined"
    shop.pay(session, "card")
    again = shop.session(session.id, "payment_intent").payment_intent
    assert (again.id, again.status, again.last_payment_error) == (intent.id, "succeeded", None)
    charges = shop.client.v1.charges.list({"payment_intent": intent.id}, options=shop.on).data
    assert [charge.status for charge in charges] == ["succeeded", "failed"]


@pytest.mark.parametrize(
    ("method", "payment_status", "last_event"),
    [
        ("debit", "paid", "checkout.session.async_payment_succeeded"),
        ("debit_fails", "unpaid", "checkout.session.async_payment_failed"),
    ],
)
def test_a_bank_debit_is_complete_at_once_and_decided_after_three_days(
    shop: Shop, sandbox: SandboxClient, method: str, payment_status: str, last_event: str
) -> None:
    session = shop.checkout()
    shop.pay(session, method)
    started = shop.session(session.id, "payment_intent")
    assert (started.status, started.payment_status) == ("complete", "unpaid")
    assert started.payment_intent.status == "processing"
    sandbox.advance(days=2)
    assert shop.session(session.id).payment_status == "unpaid"
    assert last_event not in shop.event_types()
    sandbox.advance(days=1, seconds=10)
    assert shop.session(session.id).payment_status == payment_status
    assert last_event in shop.event_types()


@pytest.mark.parametrize("method", ["card", "debit"])
def test_a_session_cannot_be_paid_twice(shop: Shop, sandbox: SandboxClient, method: str) -> None:
    session = shop.checkout()
    shop.pay(session, method)
    again = sandbox.post(f"/control/stripe/sessions/{session.id}/pay", {"method": "card"})
    assert again.status_code == 400
    assert again.json() == {"error": "This checkout is complete and cannot be paid any more."}
    assert len(shop.client.v1.charges.list(options=shop.on).data) == 1


def test_a_refund_gives_back_the_money_and_keeps_the_fee(shop: Shop, sandbox: SandboxClient) -> None:
    session = shop.checkout()
    intent = shop.pay(session)["payment_intent"]
    sandbox.advance(seconds=6)
    part: Any = {"payment_intent": intent, "amount": 345, "expand": ["balance_transaction"]}
    refund = shop.client.v1.refunds.create(part, options=shop.on)
    booked: Any = refund.balance_transaction
    assert (refund.status, booked.amount, booked.fee) == ("succeeded", -345, 0)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        shop.client.v1.refunds.create({"payment_intent": intent, "amount": 12_001}, options=shop.on)
    shop.client.v1.refunds.create({"payment_intent": intent}, options=shop.on)
    charge = shop.client.v1.charges.list({"payment_intent": intent}, options=shop.on).data[0]
    assert (charge.amount_refunded, charge.refunded) == (12_345, True)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.client.v1.refunds.create({"charge": charge.id}, options=shop.on)
    assert refused.value.code == "charge_already_refunded"
    assert shop.event_types()[-2:] == ["refund.created", "charge.refunded"]


def test_balance_transactions_are_found_by_their_source(shop: Shop, sandbox: SandboxClient) -> None:
    charges = []
    for _ in range(2):
        intent = shop.pay(shop.checkout())["payment_intent"]
        charges.append(shop.client.v1.payment_intents.retrieve(intent, options=shop.on).latest_charge)
    sandbox.advance(seconds=6)
    found = shop.client.v1.balance_transactions.list({"source": str(charges[0])}, options=shop.on).data
    assert [transaction.source for transaction in found] == [charges[0]]


def test_the_books_show_everything_for_judging(shop: Shop, sandbox: SandboxClient) -> None:
    session = shop.checkout()
    shop.pay(session)
    sandbox.advance(seconds=6)
    books = sandbox.get("/control/stripe/books").json()
    assert [(row["id"], row["card_payments"]) for row in books["accounts"]] == [(shop.account, "active")]
    assert [row["id"] for row in books["sessions"]] == [session.id]
    assert [row["fee"] for row in books["balance_transactions"]] == [205]
    assert {row["account"] for row in books["events"]} == {shop.account}
