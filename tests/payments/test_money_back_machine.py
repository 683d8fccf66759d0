"""Payments, refunds, chargebacks and payouts in any order, told in any order: our rows equal Stripe's books.

`MONEY_BACK_ROUNDS=300` plays it for hours.
"""

import os
import random
from contextlib import suppress
from decimal import Decimal
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from app.kit.errors import Rejected
from app.models import (
    Chargeback,
    ChargebackState,
    Payment,
    Payout,
    PayoutState,
    Refund,
    RefundState,
    WriteBackKind,
)
from tests.payments.business import Business
from tests.payments.money_flow import (
    account_of,
    at_stripe,
    give_back,
    minor,
    movements,
    paid,
    rows,
    stripe_books,
    sweep,
)

ROUNDS = int(os.environ.get("MONEY_BACK_ROUNDS", "5"))
KINDS = ("refund.*", "charge.refunded", "charge.dispute.*", "payout.*", "payment_intent.*")
REFUND_STATES = {
    "pending": RefundState.PENDING,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
CHARGEBACK_STATES = {
    "warning_needs_response": ChargebackState.INQUIRY,
    "warning_under_review": ChargebackState.INQUIRY,
    "warning_closed": ChargebackState.WON,
    "prevented": ChargebackState.WON,
    "needs_response": ChargebackState.OPEN,
    "under_review": ChargebackState.OPEN,
    "won": ChargebackState.WON,
    "lost": ChargebackState.LOST,
}
PAYOUT_STATES = {
    "in_transit": PayoutState.ON_ITS_WAY,
    "paid": PayoutState.PAID,
    "failed": PayoutState.FAILED,
}
some_cents, some_seed = st.integers(1, 400), st.integers(0, 99)


class MoneyBack(RuleBasedStateMachine):
    """One payment and all that can become of it, while hints get lost, doubled and late."""

    business: ClassVar[Business]

    @initialize()
    def a_customer_pays(self) -> None:
        self.business.receiver.forget()
        self.payment = paid(self.business)

    def try_at_stripe(self, path: str, **wishes: Any) -> None:
        """What Stripe refuses in this state does not happen."""
        answer = self.business.sandbox.post(f"/control/stripe/{path}", wishes)
        assert answer.status_code in (200, 201, 400), answer.text

    def one_of(self, shelf: str, seed: int) -> str | None:
        found = [row["id"] for row in stripe_books(self.business)[shelf]]
        return random.Random(seed).choice(found) if found else None

    @rule(cents=some_cents)
    def somebody_asks_for_a_refund(self, cents: int) -> None:
        with suppress(Rejected):  # more than is left, or taken back by the bank
            give_back(self.business, self.payment, str(Decimal(cents) / 100))

    @rule(cents=some_cents, status=st.sampled_from(["succeeded", "pending"]))
    def somebody_refunds_in_the_dashboard(self, cents: int, status: str) -> None:
        self.try_at_stripe(f"payments/{self.payment.external_id}/refund", amount=cents, status=status)

    @rule(seed=some_seed, status=st.sampled_from(["succeeded", "failed", "canceled"]))
    def a_refund_ends(self, seed: int, status: str) -> None:
        refund = self.one_of("refunds", seed)
        if refund:
            self.try_at_stripe(f"refunds/{refund}/decide", status=status)

    @rule(inquiry=st.booleans())
    def the_bank_comes(self, inquiry: bool) -> None:
        self.try_at_stripe(f"payments/{self.payment.external_id}/dispute", inquiry=inquiry)

    @rule(
        seed=some_seed,
        step=st.sampled_from(["review", "escalate", "won", "won", "lost", "warning_closed", "prevented"]),
    )
    def the_bank_goes_on(self, seed: int, step: str) -> None:
        dispute = self.one_of("disputes", seed)
        if dispute and step in ("review", "escalate"):
            self.try_at_stripe(f"disputes/{dispute}/{step}")
        elif dispute:
            self.try_at_stripe(f"disputes/{dispute}/decide", status=step, fee_back=seed % 2 == 0)

    @rule()
    def money_goes_to_the_bank(self) -> None:
        self.try_at_stripe(f"accounts/{account_of(self.business)}/payout", everything=True)

    @rule(seed=some_seed, step=st.sampled_from(["arrive", "arrive", "fail"]))
    def the_bank_has_it_or_not(self, seed: int, step: str) -> None:
        payout = self.one_of("payouts", seed)
        if payout:
            self.try_at_stripe(f"payouts/{payout}/{step}")

    @rule(kind=st.sampled_from(KINDS), retold=st.booleans())
    def stripe_tells(self, kind: str, retold: bool) -> None:
        receiver = self.business.receiver
        receiver.forget()
        at_stripe(self.business, "webhooks/replay", times=2, shuffle=True, type=kind, retold=retold)
        self.business.deliver(*self.business.webhooks()[:20])

    @rule(hours=st.sampled_from([0, 1, 30, 24 * 9]))
    def time_passes_and_workers_work(self, hours: int) -> None:
        if hours:
            self.business.sandbox.advance(seconds=hours * 3600)
        self.business.work()

    @rule()
    def everything_is_asked_for(self) -> None:
        sweep(self.business)
        self.rows_equal_stripes_books()

    def teardown(self) -> None:
        self.business.sandbox.advance(days=1)
        sweep(self.business)
        self.business.sandbox.advance(seconds=120)
        self.business.work()
        self.rows_equal_stripes_books()

    def rows_equal_stripes_books(self) -> None:
        there = stripe_books(self.business)
        judge = self.business.sandbox.get("/control/stripe/ledger").json()
        assert judge["problems"] == []
        payments = {row.id: row.external_id for row in rows(self.business, Payment)}
        assert self.refunds(payments) == {
            row["id"]: (row["payment_intent"], row["amount"], REFUND_STATES[row["status"]])
            for row in there["refunds"]
        }
        assert self.chargebacks(payments) == {row["id"]: told_of_dispute(row) for row in there["disputes"]}
        assert {
            row.external_id: (minor(row.amount), row.state, row.is_reconciled)
            for row in rows(self.business, Payout)
        } == {
            row["id"]: (
                row["amount"],
                PAYOUT_STATES[row["status"]],
                row["reconciliation_status"] == "completed",
            )
            for row in there["payouts"]
        }
        self.entries_follow_the_money()

    def refunds(self, payments: dict[Any, str]) -> dict[str, Any]:
        ours = rows(self.business, Refund)
        assert all(row.state is RefundState.FAILED for row in ours if row.external_id is None)
        return {
            row.external_id: (payments[row.payment_id], minor(row.amount), row.state)
            for row in ours
            if row.external_id
        }

    def chargebacks(self, payments: dict[Any, str]) -> dict[str, Any]:
        return {
            row.external_id: (
                payments[row.payment_id],
                row.state,
                row.withdrawn_at is not None,
                row.reinstated_at is not None,
                minor((row.fee or Decimal(0)) - (row.fee_returned or Decimal(0))),
            )
            for row in rows(self.business, Chargeback)
        }

    def entries_follow_the_money(self) -> None:
        """What left the balance for a refund has an entry, and what came back of it another one."""
        booked = {(row.refund_id, row.kind) for row in self.business.entries()}
        for row in rows(self.business, Refund):
            has_left = (row.id, WriteBackKind.REFUND) in booked
            assert has_left or row.state is not RefundState.SUCCEEDED
            came_back = (row.id, WriteBackKind.REFUND_RETURNED) in booked
            assert came_back == (has_left and row.state is RefundState.FAILED)


def told_of_dispute(row: dict[str, Any]) -> tuple[Any, ...]:
    moved = row["balance_transactions"]
    fees = sum(line["fee"] for line in moved)
    return row["payment_intent"], CHARGEBACK_STATES[row["status"]], bool(moved), len(moved) > 1, fees


def test_rows_equal_stripes_books_whatever_happens_in_whatever_order(business: Business) -> None:
    MoneyBack.business = business
    rounds = settings(
        max_examples=ROUNDS,
        stateful_step_count=14,
        deadline=None,
        # The world goes on between the rounds, so that a round cannot be played again to make it smaller.
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(MoneyBack, settings=rounds)
    told = {row["id"] for row in stripe_books(business)["balance_transactions"]}
    assert set(movements(business)) == told
