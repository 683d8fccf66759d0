"""What holds a reminder: rows, tags, balances; and what ends by itself."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.errors import NotFound, Rejected
from app.kit.ground import Ground
from app.models import (
    CustomerTag,
    HoldKind,
    HoldScope,
    PersonTask,
    PersonTaskKind,
)
from app.reminders.holds import NewHold, holds_in_force, lift, place, stricter
from app.reminders.holds_quiet_books import quiet_days
from app.reminders.holds_rules import exclude_tag, include_tag, save_minimums
from app.reminders.situation import Stop
from app.tasks.person_tasks import NewTask, ask, mark_done, open_tasks, snooze
from tests.reminders.holding import TODAY, USER, asked, stops, unit
from tests.reminders.tables import add_customer, add_invoice
from tests.reminders.values import number


def test_several_kinds_hold_one_invoice_and_each_is_lifted_alone(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    now = ground.clock.now()
    with unit(ground, tenant) as session:
        for kind, until in ((HoldKind.MANUAL, None), (HoldKind.REPLIED, TODAY + timedelta(3))):
            place(session, NewHold(HoldScope.INVOICE, invoice, kind, "Why", until), now=now)
        place(session, NewHold(HoldScope.INVOICE, invoice, HoldKind.MANUAL, "Why else"), now=now)
        found = holds_in_force(session, [invoice], TODAY)
        assert {(hold.kind, hold.reason) for hold in found} == {
            (HoldKind.REPLIED, "Why"),
            (HoldKind.MANUAL, "Why else"),
        }
    assert stops(ground, tenant) == {invoice: HoldKind.MANUAL}
    with unit(ground, tenant) as session:
        assert lift(session, [invoice], kinds=[HoldKind.MANUAL], now=now) == 1
    assert stops(ground, tenant) == {invoice: HoldKind.REPLIED}
    assert stops(ground, tenant, TODAY + timedelta(3)) == {invoice: HoldKind.REPLIED}
    assert stops(ground, tenant, TODAY + timedelta(4)) == {}


def test_a_hold_that_ends_beyond_counting_is_refused(ground: Ground, tenant: UUID) -> None:
    invoice = add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    hold = NewHold(HoldScope.INVOICE, invoice, HoldKind.MANUAL, "Why", date.max)
    with unit(ground, tenant) as session, pytest.raises(Rejected, match="more than ten years away"):
        place(session, hold, now=ground.clock.now())
    assert stops(ground, tenant) == {}


@given(*[st.builds(Stop, st.just("x"), st.none() | st.dates())] * 2)
def test_of_two_holds_the_one_that_ends_last_counts(one: Stop, other: Stop) -> None:
    ends = [date.max if stop.until is None else stop.until for stop in (one, other)]
    found = stricter(one, other)
    assert (date.max if found.until is None else found.until) == max(ends)


def test_every_kind_of_hold_says_why_in_a_sentence() -> None:
    for kind in HoldKind:
        for until in (None, TODAY):
            why = Stop("three parcels are missing", until, kind).why()
            assert "three parcels are missing" in why.sentence
            assert why.sentence.endswith(".") or kind is HoldKind.MANUAL
            assert ("20 Nov 2026" in why.sentence) == (until is not None)


# Tags and minimum.


def test_an_excluded_tag_holds_its_customers_until_it_is_included_again(ground: Ground, tenant: UUID) -> None:
    ada, bob = add_customer(ground, tenant, "ada"), add_customer(ground, tenant, "bob")
    now = ground.clock.now()
    with unit(ground, tenant) as session:
        for customer, tag in ((ada, "VIP"), (bob, "Slow")):
            session.add(CustomerTag(tenant_id=tenant, customer_id=customer, tag=tag, created_at=now))
        exclude_tag(session, "VIP", now=now)
        exclude_tag(session, "VIP", now=now)
    assert stops(ground, tenant) == {ada: HoldKind.TAG}
    with unit(ground, tenant) as session:
        include_tag(session, "VIP", now=now)
    assert stops(ground, tenant) == {}


def test_a_customer_who_owes_less_than_the_minimum_of_the_currency_is_held(
    ground: Ground, tenant: UUID
) -> None:
    ada, bob = add_customer(ground, tenant, "ada"), add_customer(ground, tenant, "bob")
    small = [add_invoice(ground, tenant, ada, f"A-{place}", amount="4.00") for place in range(2)]
    add_invoice(ground, tenant, ada, "A-EUR", amount="4.00", currency="EUR")
    add_invoice(ground, tenant, bob, "B-1", amount="4.00")
    add_invoice(ground, tenant, bob, "B-2", amount="6.00")
    with unit(ground, tenant) as session:
        save_minimums(session, {"GBP": Decimal("10.00")}, now=ground.clock.now())
    assert stops(ground, tenant) == dict.fromkeys(small, HoldKind.BELOW_MINIMUM)
    with unit(ground, tenant) as session:
        save_minimums(session, {"GBP": Decimal(0)}, now=ground.clock.now())
    assert stops(ground, tenant) == {}


# Money that is applied to nothing.


def test_a_gap_counts_only_where_receipts_used_to_come() -> None:
    weekly = [TODAY - timedelta(7 * week) for week in range(8)]
    assert quiet_days(weekly, today=TODAY) == 0
    assert quiet_days(weekly, today=TODAY + timedelta(3)) == 1
    assert quiet_days(weekly, today=TODAY + timedelta(14)) == 10
    assert quiet_days(weekly[:7], today=TODAY + timedelta(14)) == 0
    assert quiet_days([TODAY - timedelta(30 * month) for month in range(8)], today=TODAY + timedelta(90)) == 0
    assert quiet_days([], today=TODAY) == 0


# Tasks for a person.


def test_a_task_is_asked_once_put_off_and_done(ground: Ground, tenant: UUID) -> None:
    ada, now = add_customer(ground, tenant, "ada"), ground.clock.now()
    task = NewTask(PersonTaskKind.CADENCE_STEP, ada, number(7), "Call them.")
    with unit(ground, tenant) as session:
        ask(session, task, now=now)
        ask(session, task, now=now)
        (found,) = open_tasks(session, today=TODAY, most=10)
        assert (found.customer_name, found.words) == ("Ada", "Call them.")
        snooze(session, found.id, until=TODAY + timedelta(2))
    assert asked(ground, tenant) == []
    assert asked(ground, tenant, TODAY + timedelta(2)) == ["Call them."]
    with unit(ground, tenant) as session:
        mark_done(session, found.id, by=USER, now=now)
    assert asked(ground, tenant, TODAY + timedelta(9)) == []
    with pytest.raises(NotFound), unit(ground, tenant) as session:
        mark_done(session, found.id, by=USER, now=now)
    with unit(ground, tenant) as session:
        ask(session, task, now=now)
        assert session.query(PersonTask).count() == 2
