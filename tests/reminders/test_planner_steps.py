"""Anchors, business days, repeats, balances, broken promises, rules, places and the word on what is late."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from app.models import Anchor, CatchUpMode, Counts, Grouping, OnlyAfter, StepAction
from app.reminders.conditions import Conditions, Profile, as_json, from_json
from app.reminders.planner import plan
from app.reminders.preview import preview
from app.reminders.situation import (
    Addressee,
    Cadence,
    Contact,
    Had,
    Late,
    Planned,
    Rule,
    Situation,
    Step,
    Stop,
)
from tests.reminders.values import TODAY, cadence, invoice, number, situation, step_id

DAY = timedelta(days=1)
MONDAY = TODAY + 3 * DAY


def of(*steps: Step, **more: object) -> Cadence:
    return replace(Cadence(1, 9, steps), **more)  # type: ignore[arg-type]


def only(given: Situation) -> Planned:
    (found,) = plan(given)
    return found


def test_a_step_may_count_from_the_day_of_issue() -> None:
    steps = of(Step(number(1), 5, anchor=Anchor.ISSUED))
    one = replace(invoice(1, overdue=-25), issued_on=TODAY - 5 * DAY)
    assert only(situation(one, steps=steps)).send_on == TODAY


def test_business_days_leave_out_weekends_and_holidays_of_both_sides() -> None:
    steps = of(Step(number(1), 2, counts=Counts.BUSINESS))
    one = invoice(1, overdue=0)
    assert only(situation(one, steps=steps)).send_on == TODAY + 4 * DAY  # Tuesday
    thanksgiving = replace(one, due_on=date(2026, 11, 25))
    abroad = {number(1): Addressee(place=("US", None))}
    assert only(situation(thanksgiving, steps=steps, addressees=abroad)).send_on == date(2026, 11, 30)
    assert only(situation(thanksgiving, steps=steps)).send_on == date(2026, 11, 27)


def test_nothing_leaves_on_a_holiday_of_the_organisation_unless_it_wants_to() -> None:
    given = replace(situation(invoice(1, overdue=-35), steps=cadence(0)), place=("GB", "ENG"))
    assert only(given).send_on == date(2026, 12, 29)  # due on the 25th; the 28th makes up for Boxing Day
    regardless = replace(given.cadence, keeps_holidays=False)
    assert only(replace(given, cadence=regardless)).send_on == date(2026, 12, 25)


def test_a_step_may_count_from_the_day_the_one_before_it_left() -> None:
    first, second = Step(number(1), 7), Step(number(2), 10, anchor=Anchor.PREVIOUS)
    one = invoice(1, overdue=20)
    assert (
        only(situation(one, steps=of(first, second))).step_id == second.id
    )  # its day has come: the 17th day
    late = replace(one, had=(Had(first, 0, TODAY - 2 * DAY),))
    assert (
        only(situation(late, steps=of(first, second))).send_on == TODAY + 10 * DAY
    )  # the 28th is a Saturday


def test_a_step_comes_again_until_its_limit_and_not_beyond_the_next_one() -> None:
    weekly = Step(number(1), 7, repeat_every_days=7, repeat_limit=10)
    given = situation(invoice(1, overdue=7), steps=of(weekly, Step(number(2), 30)))
    found = preview(given, days=90)
    assert [(one.step_id.int, one.covered[0].occurrence) for one in found] == [
        (1, 0),
        (1, 1),
        (1, 2),
        (1, 3),
        (2, 0),
    ]
    twice = preview(situation(invoice(1, overdue=7), steps=of(replace(weekly, repeat_limit=2))), days=90)
    assert [one.covered[0].occurrence for one in twice] == [0, 1, 2]
    assert [one.send_on for one in twice] == [TODAY, TODAY + 7 * DAY, TODAY + 14 * DAY]


def test_balances_decide_who_comes_to_a_step() -> None:
    small = Step(number(1), 7, max_balance=Decimal(50))
    large = Step(number(2), 7, min_balance=Decimal("50.01"))
    for balance, expected in (("50", small), ("50.01", large)):
        assert (
            only(situation(invoice(1, overdue=7, balance=balance), steps=of(small, large))).step_id
            == expected.id
        )
    assert plan(situation(invoice(1, overdue=7, balance="60"), steps=of(small))) == []


def test_a_broken_promise_brings_its_own_step_and_makes_up_for_none() -> None:
    broken = Step(number(9), 1, only_after=OnlyAfter.PROMISE_BROKEN)
    steps = of(Step(number(1), 7), Step(number(2), 30), broken)
    had = (Had(steps.steps[0], 0, TODAY - 12 * DAY),)
    one = replace(invoice(1, overdue=19), had=had)
    assert only(situation(one, steps=steps)).step_id == number(2)
    promised = replace(one, promise_broken_on=TODAY - DAY)
    assert (
        only(situation(promised, steps=steps)).step_id,
        only(situation(promised, steps=steps)).send_on,
    ) == (
        broken.id,
        TODAY,
    )


def test_a_task_for_a_person_never_travels_with_a_message_and_needs_no_address() -> None:
    call = Step(number(2), 30, action=StepAction.TASK)
    steps = of(Step(number(1), 7), call)
    nobody = {number(1): Addressee(has_address=False)}
    found = only(situation(invoice(1, overdue=30), steps=steps, addressees=nobody))
    assert (found.step_id, found.channels, found.obstacle) == (call.id, (), None)
    both = only(situation(invoice(1, overdue=30), invoice(2, overdue=7), steps=steps))
    assert [one.invoice_id for one in both.covered] == [number(2)]


def test_channels_that_cannot_be_used_are_left_out_and_none_at_all_is_told() -> None:
    steps = of(Step(number(1), 7, channels=("whatsapp", "sms", "email")))
    by_phone = {number(1): Addressee(phone_channels=frozenset({"sms"}))}
    assert only(situation(invoice(1, overdue=7), steps=steps, addressees=by_phone)).channels == (
        "sms",
        "email",
    )
    text_only = of(Step(number(1), 7, channels=("sms",)))
    found = only(situation(invoice(1, overdue=7), steps=text_only))
    assert found.obstacle
    assert (found.obstacle.code, found.channels) == ("no_phone", ("sms",))


def test_the_hour_is_the_recipients_and_the_date_the_organisations() -> None:
    there = {number(1): Addressee(zones=("America/Los_Angeles",))}
    found = only(situation(invoice(1, overdue=7), zone="Pacific/Auckland", addressees=there))
    # Friday in London is Friday night in Auckland; nine in California is six on Saturday morning there.
    assert found.due_at == datetime(2026, 11, 20, 17, tzinfo=UTC)
    assert found.send_on == date(2026, 11, 21)


def test_one_message_per_invoice_on_its_own_day_if_the_owner_wants_it() -> None:
    steps = replace(cadence(), grouping=Grouping.INVOICE)
    given = situation(invoice(1, overdue=7), invoice(2, overdue=30), invoice(3, overdue=14), steps=steps)
    found = preview(given, days=6)
    assert [[one.invoice_id.int for one in planned.covered] for planned in found] == [[2], [3], [1]]
    assert [planned.send_on for planned in found] == [TODAY, MONDAY, MONDAY + DAY]


def test_seven_messages_in_seven_days_are_the_most_a_customer_gets() -> None:
    had = tuple(Contact(TODAY - n * DAY, channel) for n in range(1, 4) for channel in ("email", "sms"))
    six = replace(
        situation(invoice(1, overdue=7), invoice(2, overdue=7, currency="EUR")), contacts={number(1): had}
    )
    first, second = sorted(plan(six), key=lambda one: one.send_on)
    assert first.send_on == TODAY
    assert second.send_on == TODAY + 4 * DAY  # on Monday the three days before Friday still count


def test_a_customer_gets_one_message_per_channel_and_day_whatever_the_currencies() -> None:
    both = situation(invoice(1, overdue=7), invoice(2, overdue=7, currency="EUR"))
    found = {one.currency: one.send_on for one in plan(both)}
    assert found == {"EUR": TODAY, "GBP": MONDAY}
    alone = situation(invoice(1, overdue=7))
    today = {number(1): (Contact(TODAY, "email"),)}
    assert only(replace(alone, contacts=today)).send_on == MONDAY
    assert only(replace(alone, contacts={number(1): (Contact(TODAY, "sms"),)})).send_on == TODAY


def test_a_day_is_kept_for_what_is_held_until_then_and_not_for_what_is_held_without_an_end() -> None:
    until = Stop("They asked", TODAY + DAY)
    held = situation(invoice(1, overdue=7, stop=until), invoice(2, overdue=4, last=0, currency="EUR"))
    assert {one.currency: one.send_on for one in plan(held)} == {"GBP": MONDAY, "EUR": MONDAY + DAY}
    endless = situation(invoice(1, overdue=7, stop=Stop("No", None)), invoice(2, overdue=7, currency="EUR"))
    assert {one.send_on for one in plan(endless)} == {TODAY}


def test_the_first_rule_that_fits_decides_for_each_invoice() -> None:
    gentle, firm = of(Step(number(1), 7)), of(Step(number(2), 7))
    rules = (
        Rule(Conditions(tags=("vip",)), gentle),
        Rule(Conditions(min_total=Decimal(1000), currencies=("GBP",)), firm),
    )
    profiles = {number(1): Profile(frozenset({"vip"}))}
    given = replace(
        situation(
            invoice(1, overdue=7, customer=1, balance="5000"),
            invoice(2, overdue=7, customer=2, balance="5000"),
            replace(invoice(3, overdue=7, customer=3, balance="10"), total=Decimal(999)),
            invoice(4, overdue=7, customer=4, balance="5000", currency="EUR"),
        ),
        rules=rules,
        profiles=profiles,
    )
    assert [one.step_id.int for one in plan(given)] == [1, 2, step_id(7).int, step_id(7).int]


def test_conditions_ask_for_history_and_country_and_survive_being_kept() -> None:
    conditions = Conditions(countries=("US",), min_days_late=10, min_total=Decimal("12.50"))
    assert from_json(as_json(conditions)) == conditions
    slow = Profile(country="US", days_late=Decimal("11.5"))
    for profile, expected in (
        (slow, True),
        (replace(slow, days_late=Decimal(9)), False),
        (Profile(country="US"), False),
    ):
        assert conditions.fit(profile, currency="USD", total=Decimal(20)) is expected
    assert not conditions.fit(slow, currency="USD", total=Decimal(12))


def test_what_is_late_is_skipped_or_merged_as_the_owner_says() -> None:
    late = invoice(1, overdue=10)
    today = Late(CatchUpMode.SKIP, TODAY)
    skipped = only(replace(situation(late), late=today))
    assert (skipped.step_id, skipped.send_on) == (step_id(14), TODAY + 4 * DAY)
    assert only(replace(situation(invoice(1, overdue=7)), late=today)).send_on == TODAY
    each = replace(cadence(), grouping=Grouping.INVOICE)
    two = situation(invoice(1, overdue=10), invoice(2, overdue=20), invoice(3, overdue=7), steps=each)
    assert len(only(two).covered) == 1
    merged = only(replace(two, late=Late(CatchUpMode.MERGE, TODAY)))
    assert [one.invoice_id.int for one in merged.covered] == [2, 1]


def test_a_narrow_window_and_other_weekdays_are_kept() -> None:
    saturdays = of(Step(number(1), 7), weekdays=frozenset({5}), opens_at=time(10), closes_at=time(12))
    found = only(situation(invoice(1, overdue=7), steps=saturdays))
    assert found.due_at == datetime(2026, 11, 21, 10, tzinfo=UTC)


def test_a_held_invoice_of_another_cadence_keeps_nobody_back() -> None:
    held = replace(invoice(1, overdue=30, balance="5000"), stop=Stop("Disputed", None))
    rules = (Rule(Conditions(min_total=Decimal(1000)), of(Step(number(1), 7))),)
    found = only(replace(situation(held, invoice(2, overdue=7)), rules=rules))
    assert [one.invoice_id.int for one in found.covered] == [2]
