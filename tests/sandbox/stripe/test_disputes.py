from typing import Any

import pytest
import stripe

from tests.sandbox.client import SandboxClient
from tests.sandbox.stripe.conftest import Shop

CREATED, WITHDRAWN = "charge.dispute.created", "charge.dispute.funds_withdrawn"
CLOSED, REINSTATED = "charge.dispute.closed", "charge.dispute.funds_reinstated"


def disputed(shop: Shop, number: str) -> Any:
    return shop.client.v1.disputes.retrieve(number, options=shop.on)


def test_a_dispute_takes_the_money_and_a_fee(shop: Shop) -> None:
    payment = shop.paid(5_000)
    before = shop.balance("gbp")
    opened = shop.control(f"payments/{payment}/dispute", reason="fraudulent", due_days=9)
    found = disputed(shop, opened["id"])
    assert (found.status, found.reason, found.amount) == ("needs_response", "fraudulent", 5_000)
    assert found.evidence_details.due_by - found.created == 9 * 24 * 3600
    assert (found.payment_intent, found.is_charge_refundable) == (payment, False)
    [taken] = found.balance_transactions
    assert (taken.amount, taken.fee, taken.net) == (-5_000, 2_000, -7_000)
    assert (taken.type, taken.reporting_category) == ("adjustment", "dispute")
    assert shop.balance("gbp") == before - 7_000
    assert shop.charge_of(payment).disputed
    assert set(shop.event_types()[-2:]) == {CREATED, WITHDRAWN}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.client.v1.refunds.create({"payment_intent": payment}, options=shop.on)
    assert refused.value.code == "charge_disputed"
    assert shop.problems() == []


@pytest.mark.parametrize(("fee_back", "lost_for_good"), [(False, 2_000), (True, 0)])
def test_a_dispute_that_is_won_brings_the_money_back(shop: Shop, fee_back: bool, lost_for_good: int) -> None:
    payment = shop.paid(5_000)
    before = shop.balance("gbp")
    opened = shop.control(f"payments/{payment}/dispute")
    shop.client.v1.disputes.update(opened["id"], {"evidence": {"product_description": "A door"}}, shop.on)
    assert disputed(shop, opened["id"]).status == "under_review"
    shop.control(f"disputes/{opened['id']}/decide", status="won", fee_back=fee_back)
    won = disputed(shop, opened["id"])
    assert (won.status, won.evidence_details.submission_count) == ("won", 1)
    assert [row.reporting_category for row in won.balance_transactions] == ["dispute", "dispute_reversal"]
    assert shop.balance("gbp") == before - lost_for_good
    assert set(shop.event_types()[-2:]) == {CLOSED, REINSTATED}
    assert shop.problems() == []


def test_nobody_answering_loses_it(shop: Shop, sandbox: SandboxClient) -> None:
    opened = shop.control(f"payments/{shop.paid()}/dispute", due_days=2)
    sandbox.advance(days=2, seconds=10)
    lost = disputed(shop, opened["id"])
    assert (lost.status, lost.evidence_details.past_due) == ("lost", True)
    assert shop.event_types()[-1] == CLOSED
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        shop.client.v1.disputes.close(opened["id"], options=shop.on)


def test_giving_in_loses_it_at_once(shop: Shop) -> None:
    opened = shop.control(f"payments/{shop.paid()}/dispute")
    assert shop.client.v1.disputes.close(opened["id"], options=shop.on).status == "lost"


def test_an_inquiry_moves_no_money_and_can_be_refunded(shop: Shop) -> None:
    payment = shop.paid(5_000)
    before = shop.balance("gbp")
    opened = shop.control(f"payments/{payment}/dispute", inquiry=True)
    assert (opened["status"], opened["balance_transactions"]) == ("warning_needs_response", [])
    assert shop.balance("gbp") == before
    shop.client.v1.refunds.create({"payment_intent": payment}, options=shop.on)
    shop.control(f"disputes/{opened['id']}/decide", status="warning_closed")
    assert shop.balance("gbp") == before - 5_000
    assert shop.problems() == []


def test_an_inquiry_can_become_a_dispute(shop: Shop) -> None:
    opened = shop.control(f"payments/{shop.paid(5_000)}/dispute", inquiry=True)
    shop.control(f"disputes/{opened['id']}/escalate")
    found = disputed(shop, opened["id"])
    assert (found.status, len(found.balance_transactions)) == ("needs_response", 1)
    assert set(shop.event_types()[-2:]) == {"charge.dispute.updated", WITHDRAWN}


def test_a_debit_that_the_payer_takes_back_is_lost_from_its_first_moment(
    shop: Shop, sandbox: SandboxClient
) -> None:
    payment = shop.pay(shop.checkout(5_000), "debit")["payment_intent"]
    sandbox.advance(days=3)
    sandbox.advance(seconds=6)
    sandbox.advance(days=40)
    opened = shop.control(f"payments/{payment}/dispute", reason="debit_not_authorized")
    assert (opened["status"], opened["evidence_details"]["due_by"]) == ("lost", 0)
    assert set(shop.event_types()[-3:]) == {CREATED, WITHDRAWN, CLOSED}
    assert shop.problems() == []


@pytest.mark.parametrize(
    ("inquiry", "status"), [(False, "warning_closed"), (True, "won"), (True, "lost"), (False, "maybe")]
)
def test_a_decision_that_cannot_be_is_refused(shop: Shop, inquiry: bool, status: str) -> None:
    opened = shop.control(f"payments/{shop.paid()}/dispute", inquiry=inquiry)
    answer = shop.sandbox.post(f"/control/stripe/disputes/{opened['id']}/decide", {"status": status})
    assert answer.status_code == 400
    assert disputed(shop, opened["id"]).status == opened["status"]


def test_a_payment_that_never_succeeded_cannot_be_disputed(shop: Shop) -> None:
    payment = shop.pay(shop.checkout(), "debit")["payment_intent"]
    assert shop.sandbox.post(f"/control/stripe/payments/{payment}/dispute", {}).status_code == 400
