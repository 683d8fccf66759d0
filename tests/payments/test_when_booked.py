"""On which day an entry is booked, and that nothing is before the business has switched booking on."""

from datetime import date, timedelta
from decimal import Decimal
from typing import cast
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.kit.clock import local_date
from app.kit.errors import Rejected
from app.kit.ground import Ground
from app.models import BookingAccounts, ClosedPeriod, Tenant, WriteBackKind, WriteBackState
from app.payments import booking
from app.payments.booking_switch import booked_before
from app.payments.entries import Entry
from app.payments.first_day import is_booked_by_business, say_first_day
from tests.payments.books_flow import at_processor, entry, hear_and_work, on_clearing
from tests.payments.business import Business, early_in_a_minute, settled, work_through
from tests.payments.money_flow import give_back
from tests.payments.test_writeback import booked_exactly_once
from tests.support.tenants import make_tenant


@pytest.fixture(params=["xero", "quickbooks"])
def books(request: pytest.FixtureRequest) -> Business:
    name = {"xero": "business", "quickbooks": "american"}[request.param]
    return cast(Business, request.getfixturevalue(name))


def closed_yesterday(business: Business) -> date:
    """Somebody closes the books up to today; tomorrow comes."""
    today = business.ground.clock.now().date()
    business.sandbox.control(f"{business.ledger}/lock-date", date=today.isoformat())
    business.sandbox.advance(seconds=2 * 86_400)
    return today


@pytest.mark.parametrize("is_known", [True, False])
def test_what_a_closed_period_refuses_goes_to_the_first_open_day_and_tells_its_own(
    books: Business, is_known: bool
) -> None:
    books.choose_accounts(books.currency, closed_period=ClosedPeriod.FIRST_OPEN_DAY)
    before = on_clearing(books)
    settled(books)
    closed = closed_yesterday(books)
    if is_known:
        books.pull()
    work_through(books)
    assert books.all_done(), books.states()
    [payment] = books.payments()
    with books.unit() as session:
        zone = session.get_one(Tenant, payment.tenant_id).time_zone
    true_day = local_date(payment.paid_at or payment.created_at, zone)
    for kind in (WriteBackKind.PAYMENT, WriteBackKind.FEE):
        row = entry(books, kind)
        assert row.booked_on == closed + timedelta(days=1)
        assert row.marker.endswith(f"(of {true_day.isoformat()})")
    assert on_clearing(books) - before == at_processor(books)
    assert books.books().fees(payment.external_id) == [payment.fee]


def test_nothing_goes_to_a_day_that_has_not_come(business: Business) -> None:
    business.choose_accounts("GBP", closed_period=ClosedPeriod.FIRST_OPEN_DAY)
    settled(business)
    today = business.ground.clock.now().date()
    business.sandbox.control("xero/lock-date", date=(today + timedelta(days=3)).isoformat())
    business.pull()
    business.work()
    row = entry(business, WriteBackKind.PAYMENT)
    assert row.state is WriteBackState.PARKED
    assert "The books are closed up to" in (row.reason or "")


def switched_off(business: Business) -> None:
    with business.unit() as session:
        booking.switch_off(session, currency=business.currency)


def switch_on(business: Business) -> int:
    with business.unit() as session:
        return booking.switch_on(session, currency=business.currency, now=business.ground.clock.now())


def test_nothing_is_booked_before_booking_is_switched_on_and_then_with_its_own_date(
    business: Business,
) -> None:
    switched_off(business)
    [invoice] = settled(business)
    work_through(business, minutes=2)
    days = {row.marker: row.booked_on for row in business.entries()}
    row = entry(business, WriteBackKind.PAYMENT)
    assert row.state is WriteBackState.PARKED
    assert "switch booking on in Settings" in (row.reason or "")
    assert business.books().payments(business.payments()[0].external_id) == []
    business.sandbox.advance(seconds=86_400)
    business.work()
    assert switch_on(business) == 2
    work_through(business)
    booked_exactly_once(business, invoice.number)
    assert {row.marker: row.booked_on for row in business.entries()} == days


def test_what_the_business_has_booked_before_is_left_to_it(business: Business) -> None:
    switched_off(business)
    [invoice] = settled(business)
    business.work()
    tomorrow = entry(business, WriteBackKind.PAYMENT).booked_on + timedelta(days=1)
    now = business.ground.clock.now()
    with business.unit() as session:
        today = tomorrow - timedelta(days=1)
        assert booked_before(session, currency="GBP", first_day=today, now=now) == 0
        assert booked_before(session, currency="GBP", first_day=tomorrow, now=now) == 3
    switch_on(business)
    work_through(business)
    assert business.all_done(), business.states()
    assert business.books().payments(business.payments()[0].external_id) == []
    assert business.books().due(invoice.number) == invoice.amount_due


def test_what_is_learned_later_of_the_time_before_is_left_to_the_business_too(business: Business) -> None:
    switched_off(business)
    early_in_a_minute(business)
    customer, _ = business.open_invoices()
    path = business.link(customer)
    business.pay(path, ticked=business.ticks(path)[:1])
    business.wait_for_webhook("checkout.session.completed")
    business.deliver()
    business.work()
    [payment] = business.payments()
    assert payment.fee is None
    tomorrow = entry(business, WriteBackKind.PAYMENT).booked_on + timedelta(days=1)
    with business.unit() as session:
        now = business.ground.clock.now()
        assert booked_before(session, currency="GBP", first_day=tomorrow, now=now) > 0
    switch_on(business)
    before = len(business.books().ledger["bank_transactions"])
    business.sandbox.advance(seconds=60)
    business.wait_for_webhook("charge.updated")
    business.deliver()
    business.work()
    fee = entry(business, WriteBackKind.FEE)
    assert (fee.state, fee.reason, fee.external_id) == (WriteBackState.DONE, "Booked by hand.", None)
    # A refund of that payment, after the word was given, is ours to book.
    give_back(business, payment, "10.00")
    for _ in range(2):
        hear_and_work(business)
    refund = entry(business, WriteBackKind.REFUND)
    assert (refund.state, refund.external_id is None) == (WriteBackState.DONE, False), refund.reason
    assert len(business.books().ledger["bank_transactions"]) == before + 1


def test_a_payment_that_succeeds_after_the_word_was_given_is_ours_with_its_fee(business: Business) -> None:
    now = business.ground.clock.now()
    tomorrow = now.date() + timedelta(days=1)
    with business.unit() as session:
        assert booked_before(session, currency="GBP", first_day=tomorrow, now=now) == 0
    [invoice] = settled(business)
    work_through(business)
    booked_exactly_once(business, invoice.number)


def test_the_first_day_that_we_book_only_moves_on_and_never_lies_ahead(business: Business) -> None:
    now = business.ground.clock.now()
    today = local_date(now, "Europe/London")
    with business.unit() as session:
        chosen = session.scalars(select(BookingAccounts).where(BookingAccounts.currency == "GBP")).one()
        for day, kept in ((today, today), (today - timedelta(days=3), today)):
            booked_before(session, currency="GBP", first_day=day, now=now)
            assert chosen.books_from == kept
        with pytest.raises(Rejected, match="Give tomorrow at the latest"):
            booked_before(session, currency="GBP", first_day=today + timedelta(days=2), now=now)


@pytest.mark.parametrize(
    ("kind", "days_before", "is_theirs"),
    [
        (WriteBackKind.TRANSFER, 2, True),
        (WriteBackKind.TRANSFER, 1, True),
        (WriteBackKind.TRANSFER, 0, False),
        (WriteBackKind.FEE, 0, True),
        (WriteBackKind.FEE, -1, False),
        (WriteBackKind.LATE_FEE, 2, False),
        (WriteBackKind.PAYMENT, 2, False),
    ],
)
def test_of_the_day_of_the_word_only_what_was_known_is_the_businesss(
    ground: Ground, kind: WriteBackKind, days_before: int, is_theirs: bool
) -> None:
    now, tenant_id = ground.clock.now(), make_tenant(ground)
    today = local_date(now, "Europe/London")
    with ground.database.tenant(tenant_id) as session:
        accounts = {"clearing_account_id": uuid4(), "fee_account_id": uuid4(), "changed_at": now}
        chosen = BookingAccounts(tenant_id=tenant_id, id=uuid4(), currency="GBP", **accounts)
        session.add(chosen)
        session.flush()
        say_first_day(session, chosen, today + timedelta(days=1), now=now)
        day = today - timedelta(days=days_before)
        entry = Entry(kind, None, "GBP", Decimal(1), day, "Stripe payout po_1")
        assert is_booked_by_business(session, entry, payment_id=None) is is_theirs


def test_booking_cannot_be_switched_on_without_accounts(business: Business) -> None:
    with business.unit() as session, pytest.raises(Rejected, match="Choose the accounts for SEK first"):
        booking.switch_on(session, currency="SEK", now=business.ground.clock.now())
