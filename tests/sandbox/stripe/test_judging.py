"""The judge must find what is wrong: each account here is broken in one way."""

from typing import Any

import pytest

from sandbox.stripe.judging import problems
from sandbox.stripe.state import Account

LONG_AGO, NOW = 1_000, 2_000


def account() -> Account:
    """One payment of 1000 with a fee of 35, of which 100 was given back, all of it paid out."""
    sound = Account("acct_1", LONG_AGO)
    sound.intents["pi_1"] = {"id": "pi_1"}
    sound.charges["ch_1"] = charge("ch_1", amount_refunded=100)
    sound.refunds["re_1"] = {"id": "re_1", "charge": "ch_1", "amount": 100, "status": "succeeded"}
    sound.transactions["txn_1"] = booked("txn_1", "ch_1", "charge", 1_000, 35)
    sound.transactions["txn_2"] = booked("txn_2", "re_1", "refund", -100)
    sound.transactions["txn_3"] = booked("txn_3", "po_1", "payout", -865)
    sound.payouts["po_1"] = {"id": "po_1", "amount": 865, "currency": "gbp", "status": "paid"}
    sound.paid_out = dict.fromkeys(sound.transactions, "po_1")
    return sound


def charge(number: str, **changes: Any) -> Any:
    sound = {
        "id": number,
        "payment_intent": "pi_1",
        "amount": 1_000,
        "amount_refunded": 0,
        "created": LONG_AGO,
        "currency": "gbp",
        "paid": True,
        "payment_method_details": {"type": "card"},
    }
    return sound | changes


def booked(number: str, source: str, category: str, amount: int, fee: int = 0) -> Any:
    return {
        "id": number,
        "source": source,
        "reporting_category": category,
        "amount": amount,
        "fee": fee,
        "fee_details": [{"amount": fee}],
        "net": amount - fee,
        "currency": "gbp",
        "status": "available",
    }


def test_sound_books_have_no_problems() -> None:
    assert list(problems(account(), NOW)) == []


def charged_twice(broken: Account) -> None:
    broken.charges["ch_2"] = charge("ch_2", created=NOW)


def booked_twice(broken: Account) -> None:
    broken.transactions["txn_9"] = booked("txn_9", "ch_1", "charge", 1_000)


def never_booked(broken: Account) -> None:
    broken.charges["ch_2"] = charge("ch_2", payment_intent="pi_2")


def booked_but_not_paid(broken: Account) -> None:
    broken.charges["ch_1"]["paid"] = False


def given_back_but_not_said(broken: Account) -> None:
    broken.charges["ch_1"]["amount_refunded"] = 0


def payout_of_another_amount(broken: Account) -> None:
    broken.payouts["po_1"]["amount"] = 866


def payout_that_came_back_unbooked(broken: Account) -> None:
    broken.payouts["po_1"]["status"] = "failed"


def wrong_net(broken: Account) -> None:
    broken.transactions["txn_1"]["net"] += 1


def wrong_details(broken: Account) -> None:
    broken.transactions["txn_1"]["fee_details"] = []


def thousandths(broken: Account) -> None:
    broken.charges["ch_1"].update(currency="kwd", amount=1_001)


@pytest.mark.parametrize(
    ("breaking", "said"),
    [
        (charged_twice, "charged 2 times"),
        (booked_twice, "reached the balance 2 times"),
        (never_booked, "reached the balance 0 times"),
        (booked_but_not_paid, "reached the balance 1 times"),
        (given_back_but_not_said, "says 0 was given back"),
        (payout_of_another_amount, "its lines are 865"),
        (payout_that_came_back_unbooked, "865 gbp came, but 0 went"),
        (wrong_net, "has a net"),
        (wrong_details, "has a fee"),
        (thousandths, "thousandths"),
    ],
)
def test_books_that_are_broken_are_told(breaking: Any, said: str) -> None:
    broken = account()
    breaking(broken)
    assert any(said in problem for problem in problems(broken, NOW)), list(problems(broken, NOW))
