"""What holds for every situation with everything a cadence may choose, on every clock.

Hundreds of situations with a handful of groups each normally, and as many as PLANNER_EXAMPLES says in a long run.
"""

import os
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from zoneinfo import available_timezones

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.models import Anchor, CatchUpMode, Counts, Grouping, OnlyAfter, StepAction
from app.reminders.conditions import Conditions, Profile
from app.reminders.planner import plan
from app.reminders.preview import preview
from app.reminders.situation import (
    Addressee,
    Cadence,
    Contact,
    Had,
    Late,
    OpenInvoice,
    Past,
    Rule,
    Situation,
    Step,
)
from tests.reminders.counting import count
from tests.reminders.planner_laws import check_plan, never_too_much
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
    check_plan(plan(given_situation), given_situation)


@many_examples
@given(situations(), st.randoms(use_true_random=False))
def test_neither_order_nor_a_second_planning_changes_anything(
    given_situation: Situation, chance: Random
) -> None:
    found = {one.group: one for one in plan(given_situation)}
    count("planner", len(found))
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
    never_too_much(given_situation, [one for one in found if one.channels])
    count("planner", len(found))
