"""What holds for every situation with everything a cadence may choose, on every clock.

Hundreds of situations with a handful of groups each normally; a long run of a million is

    PLANNER_EXAMPLES=250000 python -m pytest tests/reminders/test_planner_everything.py --timeout 0
"""

import os
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.models import Anchor, CatchUpMode, Counts, Grouping, OnlyAfter, StepAction
from app.reminders.calendar_days import public_holidays
from app.reminders.calendar_hours import Hours, Window
from app.reminders.conditions import Conditions, Profile
from app.reminders.planner import plan
from app.reminders.planner_caps import leaves
from app.reminders.preview import preview
from app.reminders.situation import (
    Addressee,
    Cadence,
    Contact,
    Had,
    Late,
    OpenInvoice,
    Past,
    Planned,
    Rule,
    Situation,
    Step,
)
from tests.reminders.values import days, moments, number, stops

many_examples = settings(
    max_examples=int(os.environ.get("PLANNER_EXAMPLES", "200")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
EVERY_ZONE = sorted(available_timezones() - {"localtime", "posixrules"})
PLACES = (("GB", "SCT"), ("US", "TX"), ("AU", "NSW"), ("DE", "BY"), ("NZ", None), ("ZZ", None))

amounts = st.none() | st.sampled_from((Decimal(50), Decimal(200)))
steps = st.builds(
    Step,
    id=st.uuids(),
    offset_days=st.integers(-10, 40),
    anchor=st.sampled_from(Anchor),
    counts=st.sampled_from(Counts),
    channels=st.sampled_from((("email",), ("sms", "email"), ("whatsapp",))),
    min_balance=amounts,
    max_balance=amounts,
    repeat_every_days=st.none() | st.integers(1, 10),
    repeat_limit=st.integers(1, 4),
    action=st.sampled_from((StepAction.MESSAGE, StepAction.MESSAGE, StepAction.TASK)),
    only_after=st.sampled_from((None, None, OnlyAfter.PROMISE_BROKEN)),
)
cadences = st.builds(
    Cadence,
    version=st.just(1),
    send_hour=st.integers(0, 23),
    steps=st.lists(steps, min_size=1, max_size=5, unique_by=lambda one: one.id).map(tuple),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    opens_at=st.times().map(lambda at: at.replace(microsecond=0)),
    closes_at=st.times().map(lambda at: at.replace(microsecond=0)),
    keeps_holidays=st.booleans(),
    grouping=st.sampled_from(Grouping),
)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """A handful of customers with everything that may be said about them."""
    default, other = draw(cadences), draw(cadences)
    known = [*default.steps, *other.steps]
    had = st.builds(Had, st.sampled_from(known), st.integers(0, 2), days)
    invoices = st.builds(
        OpenInvoice,
        id=st.uuids(),
        customer_id=st.integers(1, 3).map(number),
        currency=st.sampled_from(("GBP", "EUR", "USD")),
        due_on=days,
        balance=st.decimals(-5, 500, places=2),
        had=st.lists(had, max_size=2).map(tuple),
        stop=stops,
        issued_on=st.none() | days,
        total=st.none() | st.decimals(1, 500, places=2),
        promise_broken_on=st.none() | days,
    )
    addressees = st.builds(
        Addressee,
        stop=stops,
        phone_channels=st.frozensets(st.sampled_from(("sms", "whatsapp"))),
        zones=st.lists(st.sampled_from(EVERY_ZONE), max_size=2, unique=True).map(tuple),
        place=st.none() | st.sampled_from(PLACES),
    )
    now = draw(moments)
    lately = st.integers(0, 6).map(lambda back: now.date() - timedelta(days=back))
    conditions = st.builds(Conditions, tags=st.sampled_from(((), ("vip",))), min_total=amounts)
    return Situation(
        now=now,
        zone=draw(st.sampled_from(EVERY_ZONE)),
        cadence=default,
        invoices=draw(st.lists(invoices, max_size=8, unique_by=lambda one: one.id)),
        addressees={number(n): draw(addressees) for n in range(1, 4)},
        past=draw(
            st.dictionaries(
                st.tuples(st.integers(1, 3).map(number), st.sampled_from(("GBP", "EUR"))),
                st.builds(Past, last_on=st.none() | days, not_before=st.none() | moments),
                max_size=3,
            )
        ),
        rules=draw(st.lists(st.builds(Rule, conditions, st.just(other)), max_size=1).map(tuple)),
        profiles={number(1): Profile(frozenset({"vip"}))},
        contacts={
            number(n): tuple(
                draw(st.lists(st.builds(Contact, lately, st.sampled_from(("email", "sms"))), max_size=8))
            )
            for n in range(1, 4)
        },
        place=draw(st.none() | st.sampled_from(PLACES)),
        late=draw(st.none() | st.builds(Late, st.sampled_from(CatchUpMode), days)),
    )


@many_examples
@given(situations())
def test_whatever_is_planned_may_be_sent(given_situation: Situation) -> None:
    found = plan(given_situation)
    assert len({one.group for one in found}) == len(found)
    for planned in found:
        _never_for_what_is_paid_and_never_a_step_twice(planned, given_situation)
        _only_on_days_and_at_hours_that_are_open(planned, given_situation)
        _past_is_respected(planned, given_situation)
    _never_too_much(given_situation, [one for one in found if leaves(one)])


def _never_for_what_is_paid_and_never_a_step_twice(planned: Planned, given_situation: Situation) -> None:
    invoices = {one.id: one for one in given_situation.invoices}
    known = {step.id: step for one in given_situation.cadences for step in one.steps}
    assert planned.covered
    for covered in planned.covered:
        invoice, step = invoices[covered.invoice_id], known[covered.step_id]
        assert invoice.balance > 0
        assert (invoice.customer_id, invoice.currency) == planned.group
        assert (step.id, covered.occurrence) not in {(had.step.id, had.occurrence) for had in invoice.had}
        assert step.suits(invoice.balance, invoice.promise_broken_on)
        assert (step.action is StepAction.TASK) == (planned.channels == ())


def _only_on_days_and_at_hours_that_are_open(planned: Planned, given_situation: Situation) -> None:
    past = given_situation.past.get(planned.group, Past())
    if past.not_before is not None and planned.due_at == past.not_before:
        return
    cadence = next(
        one for one in given_situation.cadences if planned.step_id in {step.id for step in one.steps}
    )
    addressee = given_situation.addressees[planned.customer_id]
    zones = addressee.zones or (given_situation.zone,)
    hours = Hours(Window(), zones)
    assert hours.are_open(planned.due_at)
    here = planned.due_at.astimezone(ZoneInfo(zones[0]))
    assert 8 <= here.hour < 21
    assert here.weekday() in cadence.weekdays
    if cadence.keeps_holidays:
        for place in (given_situation.place, addressee.place):
            assert place is None or here.date() not in public_holidays(*place, here.year)


def _past_is_respected(planned: Planned, given_situation: Situation) -> None:
    past = given_situation.past.get(planned.group, Past())
    assert planned.send_on >= given_situation.now.astimezone(ZoneInfo(given_situation.zone)).date()
    assert past.last_on is None or planned.send_on > past.last_on
    assert past.not_before is None or planned.due_at >= past.not_before
    if planned.obstacle is None:
        invoices = {one.id: one for one in given_situation.invoices}
        for stop in (
            given_situation.addressees[planned.customer_id].stop,
            *(invoices[one.invoice_id].stop for one in planned.covered),
        ):
            assert stop is None or stop.until is not None


def _never_too_much(given_situation: Situation, leaving: list[Planned]) -> None:
    """A customer gets one message per channel and day, and seven in seven days, with what was sent before."""
    for customer_id in {one.customer_id for one in leaving}:
        had = given_situation.contacts.get(customer_id, ())
        to_come = [Contact(one.send_on, one.channels[0]) for one in leaving if one.customer_id == customer_id]
        taken = Counter(to_come)
        assert max(taken.values()) == 1
        assert taken.keys().isdisjoint(had)
        for day in {one.on for one in to_come}:
            week = [one for one in (*had, *to_come) if day - timedelta(days=6) <= one.on <= day]
            assert len(week) <= 7


@many_examples
@given(situations(), st.randoms(use_true_random=False))
def test_neither_order_nor_a_second_planning_changes_anything(
    given_situation: Situation, chance: Random
) -> None:
    found = {one.group: one for one in plan(given_situation)}
    shuffled = list(given_situation.invoices)
    chance.shuffle(shuffled)
    assert {one.group: one for one in plan(replace(given_situation, invoices=shuffled))} == found
    assert {one.group: one for one in plan(given_situation)} == found


@many_examples
@given(situations())
def test_two_months_ahead_nothing_comes_twice_and_nobody_gets_more_than_the_most(
    given_situation: Situation,
) -> None:
    found = preview(given_situation, days=60)
    spent = Counter((c.invoice_id, c.step_id, c.occurrence) for one in found for c in one.covered)
    assert not spent or max(spent.values()) == 1
    per_day = Counter((one.group, one.send_on) for one in found)
    assert not per_day or max(per_day.values()) == 1
    _never_too_much(given_situation, [one for one in found if one.channels])
