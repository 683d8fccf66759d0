"""The reconciliation of what really happened at the stand-ins: what is read when, and what is a difference."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from sqlalchemy import select

from app.kit.errors import Rejected
from app.models import Payment, SettledDifference, Task, TaskState, WriteBackKind
from app.payments.booking_switch import booked_before, switch_off, switch_on
from app.payments.reading import Reading, read_if_stale, read_now, reading
from app.payments.reconciliation import Reconciliation, reconcile
from app.payments.reconciliation_lines import Line, Standing
from app.payments.seen_to import reopen_difference, settle_difference
from app.tasks import kinds
from tests.payments.books_flow import pay_out
from tests.payments.business import Business, early_in_a_minute, settled
from tests.payments.money_flow import at_stripe, give_back, movements, on_account, paid, stripe_books, sweep


def look(business: Business, how: Callable[..., Reading | None] = reading) -> Reading:
    """What the page says of its own freshness, whatever it asks for."""
    with business.unit() as session:
        found = how(session, now=business.ground.clock.now())
    assert found is not None
    return found


def compared(business: Business, first: date, last: date) -> Reconciliation:
    with business.unit() as session:
        return reconcile(session, first=first, last=last, currency="GBP")


def this_month(business: Business) -> tuple[date, date]:
    """Its first and last day, by the stand-ins' clock."""
    today = business.sandbox.now().date()
    return today.replace(day=1), (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(
        days=1
    )


def of(found: Reconciliation, source: str) -> Line:
    [line] = [line for line in found.lines if line.cause.source == source]
    return line


def reads(business: Business) -> list[TaskState]:
    """How every read that was ever asked for stands."""
    with business.ground.database.platform() as session:
        return list(session.scalars(select(Task.state).where(Task.kind == kinds.READ_MOVEMENTS)))


def paid_too(business: Business) -> Payment:
    """Another payment. Of several, webhooks may be late: what they have not told is found."""
    before = {payment.id for payment in business.payments()}
    settled(business)
    sweep(business)
    [payment] = [payment for payment in business.payments() if payment.id not in before]
    return payment


def test_news_that_moves_money_has_the_movements_read_once_for_all_of_it(business: Business) -> None:
    payment = paid(business)
    business.sandbox.advance(seconds=60)
    business.work()
    assert payment.external_id in {row.source for row in movements(business).values()}
    assert set(reads(business)) == {TaskState.DONE}
    # Checkout, payment and charge told of it; at the turn of a minute there are two reads.
    assert len(reads(business)) in (1, 2)


def test_whoever_looks_sees_what_moved_a_moment_ago(business: Business) -> None:
    early_in_a_minute(business)
    payment = paid(business)
    look(business, read_if_stale)
    business.work()
    assert payment.external_id in {row.source for row in movements(business).values()}
    fresh = look(business, read_if_stale)
    assert (fresh.is_under_way, fresh.reason) == (False, None)
    business.sandbox.advance(seconds=180)
    assert look(business, read_if_stale).is_under_way
    assert look(business).is_under_way
    business.work()
    assert look(business).read_at > fresh.read_at  # type: ignore[operator]
    assert look(business, read_now).is_under_way


def test_a_read_that_fails_says_why_and_is_not_asked_for_by_looking(business: Business) -> None:
    # At the turn of a minute the payment's own read comes at once: it fails as well.
    business.sandbox.fault("stripe", "503", match="GET /stripe/v1/balance_transactions", times=50)
    paid(business)
    look(business, read_now)
    business.work()
    found = look(business, read_if_stale)
    assert (found.is_under_way, found.read_at) == (False, None)
    assert found.reason
    assert found.again_at is not None
    business.sandbox.delete("/control/faults")
    assert look(business, read_now).is_under_way
    business.work()
    assert look(business).reason is None


def test_a_payout_that_straddles_two_months_belongs_to_the_one_in_which_it_left(business: Business) -> None:
    payment = paid(business)
    give_back(business, payment, "1.50")
    business.work()
    first, last = this_month(business)
    noon = business.sandbox.now().replace(month=last.month, day=last.day, hour=12)
    business.sandbox.advance(seconds=max(0.0, (noon - business.sandbox.now()).total_seconds()))
    [payout] = on_account(business, "payout", currency="gbp", everything=True)["payouts"]
    sweep(business)

    under_way = compared(business, first, last)
    assert of(under_way, payout["id"]).standing is Standing.PAYOUT_UNDER_WAY
    assert (under_way.total.differences, under_way.total.waiting) == (0, 1)

    business.sandbox.advance(days=2)
    sweep(business)
    closed = compared(business, first, last)
    assert (closed.total.differences, closed.total.waiting) == (0, 0)
    assert closed.total.stripe == closed.total.ledger == Decimal(0)
    assert closed.total.later == -Decimal(payout["amount"]) / 100
    [day] = of(closed, payout["id"]).days_after(last)
    assert day > last
    after = compared(business, last + timedelta(days=1), last + timedelta(days=20))
    assert payout["id"] not in {line.cause.source for line in after.lines}


def test_a_month_with_refunds_disputes_and_payouts_ends_without_a_difference(business: Business) -> None:
    kept, disputed = paid(business), paid_too(business)
    at_stripe(business, f"payments/{kept.external_id}/refund", amount=100)
    at_stripe(business, f"payments/{disputed.external_id}/dispute")
    sweep(business)
    [dispute] = stripe_books(business)["disputes"]
    at_stripe(business, f"disputes/{dispute['id']}/decide", status="won")
    sweep(business)
    pay_out(business)
    sweep(business)
    business.sandbox.advance(seconds=60)
    business.work()
    found = compared(business, *this_month(business))
    assert {line.standing for line in found.lines} == {Standing.AGREES}
    assert {line.cause.source for line in found.lines} >= {kept.external_id, dispute["id"]}
    assert found.total.stripe == found.total.ledger == Decimal(0)


def test_what_was_paid_before_booking_began_waits_for_a_word_and_shares_a_payout(business: Business) -> None:
    with business.unit() as session:
        switch_off(session, currency="GBP")
    before = paid(business)
    look(business, read_now)
    business.work()
    month = this_month(business)
    assert of(compared(business, *month), before.external_id).standing is Standing.WAITS

    now = business.ground.clock.now()
    with business.unit() as session:
        booked_before(session, currency="GBP", first_day=now.date() + timedelta(days=1), now=now)
        switch_on(session, currency="GBP", now=now)
    after = paid_too(business)
    payout = pay_out(business)
    assert payout is not None
    sweep(business)
    business.sandbox.advance(seconds=60)
    business.work()
    found = compared(business, *month)
    assert {line.standing for line in found.lines} == {Standing.AGREES}
    parts = {line.cause.source for line in found.lines if line.cause.payout == payout}
    assert parts == {before.external_id, after.external_id}
    [transfer] = business.entries(WriteBackKind.TRANSFER)
    assert transfer.amount == found.by_payout[payout].stripe


def test_a_sale_elsewhere_is_settled_with_a_name_and_a_day_until_that_is_taken_back(
    business: Business,
) -> None:
    on_account(business, "charge", amount=5000, currency="gbp")
    on_account(business, "fee", amount=75, currency="gbp")
    business.sandbox.advance(seconds=60)
    look(business, read_now)
    business.work()
    month, owner = this_month(business), business.owner()
    sale, fee = sorted(compared(business, *month).lines, key=lambda line: -line.stripe)
    assert (sale.standing, fee.standing) == (Standing.NOT_OURS, Standing.NOT_OURS)

    def tick(line: Line, amount: Decimal) -> None:
        with business.unit() as session:
            now, source = business.ground.clock.now(), line.cause.source
            settle_difference(session, source=source, currency="GBP", amount=amount, by=owner, now=now)

    with pytest.raises(Rejected, match="has changed since you looked"):
        tick(sale, sale.difference + 1)
    for line in (sale, fee, fee):
        tick(line, line.difference)
    found = compared(business, *month)
    assert {line.standing for line in found.lines} == {Standing.SETTLED}
    assert found.total.differences == 0
    assert {line.cause.settled.by for line in found.lines if line.cause.settled} == {owner}

    with business.unit() as session:
        now = business.ground.clock.now()
        reopen_difference(session, source=sale.cause.source, currency="GBP", by=owner, now=now)
    assert [line.standing for line in compared(business, *month).lines] == [
        Standing.NOT_OURS,
        Standing.SETTLED,
    ]
    tick(sale, sale.difference)
    with business.unit() as session:
        rows = session.scalars(select(SettledDifference).order_by(SettledDifference.settled_at)).all()
    assert len(rows) == 3
    assert [row.reopened_by for row in rows if row.reopened_at] == [owner]
    assert all(before.settled_at <= later.settled_at for before, later in pairwise(rows))


def test_a_payment_of_ours_is_not_settled_by_a_tick(business: Business) -> None:
    payment = paid(business)
    look(business, read_now)
    business.work()
    with business.unit() as session, pytest.raises(Rejected):
        settle_difference(
            session,
            source=payment.external_id,
            currency="GBP",
            amount=Decimal(0),
            by=business.owner(),
            now=business.ground.clock.now(),
        )
