"""Disputes through the adapter."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import stripe
from structlog.testing import capture_logs

from app.kit.errors import Rejected
from app.processors.base import DisputeState, EntryKind
from app.processors.stripe.money_mapping import dispute_facts
from tests.processors.stripe.conftest import Shop


def test_a_dispute_names_its_payment_its_deadline_and_what_it_took(shop: Shop) -> None:
    payment = shop.paid("50.00")
    opened = shop.control(f"payments/{payment}/dispute", reason="product_not_received", due_days=9)
    facts = shop.processor.dispute(shop.account, opened["id"])
    assert (facts.state, facts.is_final) == (DisputeState.NEEDS_RESPONSE, False)
    assert (facts.amount, facts.currency, facts.reason) == (Decimal("50.00"), "GBP", "product_not_received")
    assert facts.payment_external_id == payment
    assert facts.evidence_due_at == facts.created_at + timedelta(days=9)
    assert not facts.is_refundable
    [taken] = facts.entries
    assert (taken.kind, taken.gross, taken.fee) == (EntryKind.DISPUTE, Decimal("-50.00"), Decimal("20.00"))
    assert taken.payment_external_id == payment
    assert shop.processor.payment(shop.account, payment).is_disputed


def test_a_won_dispute_brings_the_money_back_without_its_fee(shop: Shop) -> None:
    opened = shop.control(f"payments/{shop.paid('50.00')}/dispute")
    shop.control(f"disputes/{opened['id']}/review")
    assert shop.processor.dispute(shop.account, opened["id"]).state is DisputeState.UNDER_REVIEW
    shop.control(f"disputes/{opened['id']}/decide", status="won")
    won = shop.processor.dispute(shop.account, opened["id"])
    assert (won.state, won.is_final) == (DisputeState.WON, True)
    assert [entry.kind for entry in won.entries] == [EntryKind.DISPUTE, EntryKind.DISPUTE_REVERSED]
    assert sum(entry.net for entry in won.entries) == Decimal("-20.00")


def test_a_dispute_without_an_answer_is_lost(shop: Shop) -> None:
    opened = shop.control(f"payments/{shop.paid()}/dispute", due_days=1)
    shop.sandbox.advance(days=2)
    lost = shop.processor.dispute(shop.account, opened["id"])
    assert (lost.state, lost.is_past_due) == (DisputeState.LOST, True)


def test_an_inquiry_takes_no_money_and_can_still_be_refunded(shop: Shop) -> None:
    opened = shop.control(f"payments/{shop.paid()}/dispute", inquiry=True)
    asked = shop.processor.dispute(shop.account, opened["id"])
    assert (asked.state, asked.entries, asked.is_refundable) == (DisputeState.INQUIRY, (), True)
    shop.control(f"disputes/{opened['id']}/decide", status="prevented")
    assert shop.processor.dispute(shop.account, opened["id"]).state is DisputeState.CLOSED


def test_a_debit_taken_back_asks_for_no_evidence(shop: Shop) -> None:
    payment = shop.pay(shop.open(), "debit")
    shop.control(f"payments/{payment}/answer", outcome="succeeded")
    shop.sandbox.advance(days=40)
    opened = shop.control(f"payments/{payment}/dispute")
    facts = shop.processor.dispute(shop.account, opened["id"])
    assert (facts.state, facts.evidence_due_at) == (DisputeState.LOST, None)


def test_disputes_are_listed_by_payment_and_time(shop: Shop) -> None:
    first, second = shop.paid(), shop.paid()
    ids = [shop.control(f"payments/{payment}/dispute")["id"] for payment in (first, second)]
    assert [row.external_id for row in shop.processor.disputes(shop.account)] == ids[::-1]
    assert [row.external_id for row in shop.processor.disputes(shop.account, payment=first)] == ids[:1]
    later = shop.sandbox.now() + timedelta(minutes=1)
    assert list(shop.processor.disputes(shop.account, since=later)) == []


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("appeal_needs_response", DisputeState.NEEDS_RESPONSE),
        ("appeal_under_review", DisputeState.UNDER_REVIEW),
        ("warning_under_review", DisputeState.INQUIRY),
        ("a_word_of_next_year", DisputeState.OTHER),
    ],
)
def test_words_that_are_new_do_not_end_a_dispute(status: str, state: DisputeState) -> None:
    told: Any = stripe.Dispute.construct_from(
        {
            "id": "dp_1",
            "status": status,
            "amount": 100,
            "currency": "gbp",
            "payment_intent": "pi_1",
            "charge": "ch_1",
            "reason": "general",
            "created": 1_900_000_000,
            "evidence_details": {"due_by": 0, "past_due": False},
            "is_charge_refundable": False,
            "balance_transactions": [],
        },
        "key",
    )
    with capture_logs() as logged:
        facts = dispute_facts(told)
    assert (facts.state, facts.is_final) == (state, False)
    assert [one["word"] for one in logged] == ([status] if state is DisputeState.OTHER else [])


def test_a_dispute_that_is_not_there_is_refused(shop: Shop) -> None:
    with pytest.raises(Rejected, match="dp_nobody"):
        shop.processor.dispute(shop.account, "dp_nobody")
