"""A payer's bank asks, takes the money back, and decides: one row, the right entries, one question to a person."""

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.kit.errors import Rejected
from app.models import Chargeback, ChargebackState, PersonTaskKind, Reminder, WriteBackKind
from app.payments.chargebacks import record_chargeback
from app.payments.chargebacks_words import what_to_do
from app.payments.coverage import ours_not_in_ledger
from app.payments.refunds_surcharge import left_to_give_back
from app.processors.base import DisputeState
from app.processors.registry import open_processor
from tests.payments.business import Business
from tests.payments.money_flow import (
    account_of,
    asked_of_people,
    at_stripe,
    chargebacks,
    entries_of,
    give_back,
    one,
    paid,
    rows,
    stripe_books,
    sweep,
)

TAKEN = [WriteBackKind.CHARGEBACK, WriteBackKind.CHARGEBACK_FEE]
BOOKED = (*TAKEN, WriteBackKind.CHARGEBACK_RETURNED, WriteBackKind.CHARGEBACK_FEE_RETURNED)


def taken_back(business: Business, **wishes: object) -> str:
    """A payment whose bank takes it back; the dispute's id."""
    payment = paid(business)
    return str(at_stripe(business, f"payments/{payment.external_id}/dispute", **wishes)["id"])


def questions(business: Business) -> list[str]:
    return [task.words for task in asked_of_people(business, PersonTaskKind.CHARGEBACK)]


def test_money_that_is_taken_back_is_booked_with_its_fee_and_asked_about(business: Business) -> None:
    dispute = taken_back(business, reason="fraudulent", due_days=7)
    sweep(business)
    row = one(chargebacks(business))
    [payment] = business.payments()
    assert (row.external_id, row.state, row.amount) == (dispute, ChargebackState.OPEN, payment.amount)
    assert row.withdrawn_at is not None
    assert (row.fee, row.fee_currency, row.fee_returned) == (Decimal(20), "GBP", None)
    assert entries_of(business, *BOOKED) == TAKEN
    [words] = questions(business)
    assert "because the customer says that they did not pay this" in words
    assert row.evidence_due_at is not None
    assert f"until {row.evidence_due_at.day} {row.evidence_due_at:%b %Y}" in words


def test_the_invoice_stays_paid_and_nobody_is_reminded(business: Business) -> None:
    taken_back(business)
    sweep(business)
    before = len(rows(business, Reminder))
    sweep(business)
    assert len(rows(business, Reminder)) == before
    [payment] = business.payments()
    with business.unit() as session:
        assert ours_not_in_ledger(session, []) == {}
        assert left_to_give_back(session, payment) == 0
    with pytest.raises(Rejected, match="a chargeback"):
        give_back(business, payment, "1")


def test_an_inquiry_moves_no_money_and_says_until_when_to_answer(business: Business) -> None:
    dispute = taken_back(business, inquiry=True, due_days=5)
    sweep(business)
    assert one(chargebacks(business)).state is ChargebackState.INQUIRY
    assert entries_of(business, *BOOKED) == []
    assert "Answer in Stripe until" in one(asked_of_people(business, PersonTaskKind.CHARGEBACK)).words
    at_stripe(business, f"disputes/{dispute}/decide", status="warning_closed")
    sweep(business)
    row = one(chargebacks(business))
    assert (row.state, row.withdrawn_at) == (ChargebackState.WON, None)
    assert row.closed_at is not None
    assert entries_of(business, *BOOKED) == []
    assert questions(business) == []


def test_an_inquiry_that_becomes_a_chargeback_asks_anew(business: Business) -> None:
    dispute = taken_back(business, inquiry=True)
    sweep(business)
    at_stripe(business, f"disputes/{dispute}/escalate")
    sweep(business)
    assert one(chargebacks(business)).state is ChargebackState.OPEN
    assert entries_of(business, *BOOKED) == TAKEN
    [words] = questions(business)
    assert "Send evidence in Stripe" in words


def test_an_inquiry_that_was_closed_and_becomes_a_chargeback_is_booked_all_the_same(
    business: Business,
) -> None:
    dispute, account = taken_back(business), account_of(business)
    facts = open_processor(business.ground.settings).dispute(account, dispute)
    closed = replace(facts, state=DisputeState.CLOSED, entries=())
    for told in (closed, facts, closed):
        record_chargeback(business.ground, business.tenant.tenant_id, account=account, facts=told)
    assert one(chargebacks(business)).withdrawn_at is not None
    assert entries_of(business, *BOOKED) == TAKEN


def test_nobody_is_asked_while_the_bank_weighs_the_evidence(business: Business) -> None:
    dispute = taken_back(business)
    sweep(business)
    at_stripe(business, f"disputes/{dispute}/review")
    sweep(business)
    assert one(chargebacks(business)).state is ChargebackState.OPEN
    assert questions(business) == []


@pytest.mark.parametrize("fee_back", [False, True])
def test_what_is_won_comes_back(business: Business, fee_back: bool) -> None:
    dispute = taken_back(business)
    sweep(business)
    at_stripe(business, f"disputes/{dispute}/decide", status="won", fee_back=fee_back)
    sweep(business)
    row = one(chargebacks(business))
    assert row.state is ChargebackState.WON
    assert row.reinstated_at is not None
    assert (row.fee, row.fee_returned) == (Decimal(20), Decimal(20 if fee_back else 0))
    returned = [WriteBackKind.CHARGEBACK_RETURNED]
    fees = [WriteBackKind.CHARGEBACK_FEE_RETURNED] if fee_back else []
    assert entries_of(business, *BOOKED) == sorted([*TAKEN, *returned, *fees])
    assert questions(business) == []


def test_what_is_lost_stays_taken_and_is_told(business: Business) -> None:
    dispute = taken_back(business)
    sweep(business)
    at_stripe(business, f"disputes/{dispute}/decide", status="lost")
    sweep(business)
    assert one(chargebacks(business)).state is ChargebackState.LOST
    assert entries_of(business, *BOOKED) == TAKEN
    [words] = questions(business)
    assert "for good" in words


def test_a_debit_taken_back_is_lost_from_its_first_moment(business: Business) -> None:
    customer, _ = business.open_invoices()
    path = business.link(customer)
    business.pay(path, method="debit", ticked=business.ticks(path)[:1])
    business.sandbox.advance(days=5)
    sweep(business)
    [payment] = business.payments()
    at_stripe(business, f"payments/{payment.external_id}/dispute")
    sweep(business)
    assert one(chargebacks(business)).state is ChargebackState.LOST
    assert entries_of(business, *BOOKED) == TAKEN


def test_nobody_is_asked_twice_about_what_they_have_seen(business: Business) -> None:
    taken_back(business)
    sweep(business)
    with business.unit() as session:
        for task in asked_of_people(business, PersonTaskKind.CHARGEBACK):
            session.merge(task).done_at = business.ground.clock.now()
    business.sandbox.advance(days=1)
    sweep(business)
    assert questions(business) == []


@pytest.mark.parametrize("seed", range(2))
def test_told_in_any_order_five_times_it_is_one_chargeback(business: Business, seed: int) -> None:
    payment = paid(business)
    business.receiver.forget()
    dispute = at_stripe(business, f"payments/{payment.external_id}/dispute", inquiry=True)
    at_stripe(business, f"disputes/{dispute['id']}/escalate")
    at_stripe(business, f"disputes/{dispute['id']}/decide", status="won")
    business.wait_for_webhook("charge.dispute.funds_reinstated")
    webhooks = business.webhooks() * 5
    random.Random(seed).shuffle(webhooks)
    for webhook in webhooks:
        business.deliver(webhook)
        if random.Random(seed).random() < 0.2:
            business.work()
    business.work()
    row = one(chargebacks(business))
    assert (row.state, row.external_id) == (ChargebackState.WON, dispute["id"])
    assert entries_of(business, *BOOKED) == [*TAKEN, WriteBackKind.CHARGEBACK_RETURNED]


def test_a_chargeback_that_no_event_told_is_found_by_the_movements(business: Business) -> None:
    taken_back(business)
    business.sandbox.advance(days=40)
    sweep(business)
    assert one(chargebacks(business)).state is ChargebackState.LOST  # nobody sent evidence
    assert len(stripe_books(business)["disputes"]) == 1


def test_the_words_of_an_unknown_reason_leave_it_out() -> None:
    row = Chargeback(amount=Decimal(5), currency="GBP", reason="sunspots", state=ChargebackState.OPEN)
    assert what_to_do(row, answer_by=date(2026, 12, 1)) == (
        "The customer's bank has taken GBP 5.00 back. Send evidence in Stripe until 1 Dec 2026; without it the "
        "money is lost."
    )
    assert "Send evidence in Stripe soon" in what_to_do(row, answer_by=None)
