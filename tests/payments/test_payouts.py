"""Payouts and the movements that they are made of."""

from decimal import Decimal

import pytest

from app.models import MovementKind, PayoutState, WriteBackKind, WriteBackState
from app.payments.movements import PAGE_SIZE
from tests.payments.business import Business
from tests.payments.money_flow import (
    at_stripe,
    entries_of,
    give_back,
    minor,
    movements,
    on_account,
    one,
    paid,
    payouts,
    rows,
    stripe_books,
    sweep,
)


def pay_out(business: Business, **wishes: object) -> str:
    [made] = on_account(business, "payout", currency="gbp", everything=True, **wishes)["payouts"]
    return str(made["id"])


def arrive(business: Business, payout: str) -> None:
    at_stripe(business, f"payouts/{payout}/arrive")
    sweep(business)


def test_a_payout_is_booked_when_it_arrives_and_says_what_it_is_made_of(business: Business) -> None:
    payment = paid(business)
    give_back(business, payment, "1.50")
    business.work()
    on_account(business, "charge", amount=5000, currency="gbp")
    on_account(business, "fee", amount=75, currency="gbp")
    business.sandbox.advance(seconds=60)
    payout = pay_out(business)
    sweep(business)
    row = one(payouts(business))
    assert (row.external_id, row.state, row.is_reconciled) == (payout, PayoutState.ON_ITS_WAY, False)
    assert entries_of(business, WriteBackKind.TRANSFER) == []
    arrive(business, payout)
    row = one(payouts(business))
    assert (row.state, row.is_reconciled, row.is_automatic) == (PayoutState.PAID, True, True)
    assert entries_of(business, WriteBackKind.TRANSFER) == [WriteBackKind.TRANSFER]
    parts = [line for line in movements(business).values() if line.payout_id == row.id]
    assert sum(line.net for line in parts) == row.amount
    assert {line.kind for line in parts} == {MovementKind.PAYMENT, MovementKind.REFUND, MovementKind.FEE}
    assert payment.external_id in {line.source for line in parts}


def test_every_movement_is_stored_once_as_stripe_has_it(business: Business) -> None:
    payment = paid(business)
    give_back(business, payment, "1.50")
    business.work()
    sweep(business)
    first = set(movements(business))
    business.sandbox.advance(days=1)
    payout = pay_out(business)
    arrive(business, payout)
    business.sandbox.advance(days=1)
    sweep(business)
    told = {row["id"]: row for row in stripe_books(business)["balance_transactions"]}
    ours = movements(business)
    assert first < set(ours) == set(told)
    for number, line in ours.items():
        row = told[number]
        amounts = (minor(line.gross), minor(line.fee), minor(line.net), line.currency)
        assert amounts == (row["amount"], row["fee"], row["net"], row["currency"].upper())


def test_a_payout_that_fails_after_it_arrived_is_undone(business: Business) -> None:
    paid(business)
    payout = pay_out(business)
    arrive(business, payout)
    business.sandbox.advance(days=3)
    at_stripe(business, f"payouts/{payout}/fail", code="account_closed")
    sweep(business)
    row = one(payouts(business))
    assert (row.state, row.failure) == (PayoutState.FAILED, "account_closed")
    entry = one(business.entries(WriteBackKind.TRANSFER))
    assert entry.state is not WriteBackState.DONE
    assert entry.undo_reason or entry.state is WriteBackState.UNDONE
    sweep(business)
    assert one(payouts(business)).state is PayoutState.FAILED


def test_a_payout_that_never_arrived_is_not_booked(business: Business) -> None:
    paid(business)
    payout = pay_out(business)
    at_stripe(business, f"payouts/{payout}/fail")
    sweep(business)
    assert one(payouts(business)).state is PayoutState.FAILED
    assert entries_of(business, WriteBackKind.TRANSFER) == []


def test_of_a_payout_made_by_hand_stripe_tells_no_parts(business: Business) -> None:
    paid(business)
    arrive(business, pay_out(business, manual=True))
    row = one(payouts(business))
    assert (row.state, row.is_automatic, row.is_reconciled) == (PayoutState.PAID, False, False)
    assert {line.payout_id for line in movements(business).values()} == {None}


@pytest.mark.parametrize("fault", ["500", "drop"])
def test_a_read_that_breaks_off_leaves_no_gap(business: Business, fault: str) -> None:
    paid(business)
    for _ in range(PAGE_SIZE):
        on_account(business, "fee", amount=1, currency="gbp")
    business.sandbox.fault("stripe", fault, match="GET /stripe/v1/balance_transactions", times=9)
    sweep(business)
    business.sandbox.delete("/control/faults")
    business.sandbox.advance(seconds=120)
    business.work()
    assert set(movements(business)) == {row["id"] for row in stripe_books(business)["balance_transactions"]}


def test_a_payout_of_more_lines_than_a_page_holds_is_reconciled(business: Business) -> None:
    paid(business)
    for _ in range(PAGE_SIZE + 3):
        on_account(business, "charge", amount=1000, currency="gbp")
    business.sandbox.advance(seconds=60)
    arrive(business, pay_out(business))
    row = one(payouts(business))
    assert row.is_reconciled
    assert sum(line.net for line in movements(business).values() if line.payout_id == row.id) == row.amount


def test_a_payout_that_no_event_told_is_found(business: Business) -> None:
    paid(business)
    arrived = pay_out(business)
    at_stripe(business, f"payouts/{arrived}/arrive")
    business.sandbox.advance(days=40)
    sweep(business)
    row = one(payouts(business))
    assert (row.external_id, row.state, row.is_reconciled) == (arrived, PayoutState.PAID, True)


def test_money_settled_in_another_currency_keeps_the_balances_own(business: Business) -> None:
    on_account(business, "settle-in", currency="eur", of="gbp", rate="1.2")
    payment = paid(business)
    sweep(business)
    [line] = [row for row in movements(business).values() if row.source == payment.external_id]
    assert (line.currency, line.gross) == ("EUR", payment.amount * Decimal("1.2"))
    assert rows(business, type(line))
