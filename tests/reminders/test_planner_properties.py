"""What holds for every situation anybody can invent."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.reminders.calendar import local, working_day
from app.reminders.planner import plan
from app.reminders.preview import preview
from app.reminders.situation import Past, Planned, Situation
from tests.reminders.hours import is_sending_time
from tests.reminders.values import situations

thousands = settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
hundreds = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@thousands
@given(situations)
def test_every_reminder_is_one_that_may_be_sent(given_situation: Situation) -> None:
    found = plan(given_situation)
    assert len({planned.group for planned in found}) == len(found)
    for planned in found:
        _covers_open_invoices_at_steps_they_did_not_have(planned, given_situation)
        _is_on_a_working_day_within_hours(planned, given_situation)
        if planned.obstacle is None:
            _nobody_asked_not_to_send_it(planned, given_situation)


def _covers_open_invoices_at_steps_they_did_not_have(planned: Planned, given_situation: Situation) -> None:
    invoices = {invoice.id: invoice for invoice in given_situation.invoices}
    offsets = {step.id: step.offset_days for step in given_situation.cadence.steps}
    assert planned.covered
    for covered in planned.covered:
        invoice = invoices[covered.invoice_id]
        assert invoice.balance > 0
        assert (invoice.customer_id, invoice.currency) == planned.group
        offset = offsets[covered.step_id]
        assert all(offset > had.step.offset_days for had in invoice.had)
        assert working_day(invoice.due_on + timedelta(days=offset)) <= planned.send_on


def _is_on_a_working_day_within_hours(planned: Planned, given_situation: Situation) -> None:
    past = given_situation.past.get(planned.group, Past())
    assert planned.send_on.weekday() < 5
    assert planned.send_on >= local(given_situation.now, given_situation.zone).date()
    assert past.last_on is None or planned.send_on > past.last_on
    assert past.not_before is None or planned.due_at >= past.not_before
    if past.not_before is None:
        assert is_sending_time(planned.due_at, given_situation.zone)
        assert local(planned.due_at, given_situation.zone).date() == planned.send_on


def _nobody_asked_not_to_send_it(planned: Planned, given_situation: Situation) -> None:
    invoices = {invoice.id: invoice for invoice in given_situation.invoices}
    addressee = given_situation.addressees[planned.customer_id]
    assert addressee.has_address
    assert not addressee.opted_out
    for stop in [addressee.stop, *(invoices[one.invoice_id].stop for one in planned.covered)]:
        assert stop is None or (stop.until is not None and stop.until < planned.send_on)


@hundreds
@given(situations, st.randoms(use_true_random=False))
def test_the_order_in_which_invoices_are_read_changes_nothing(
    given_situation: Situation, chance: Random
) -> None:
    shuffled = list(given_situation.invoices)
    chance.shuffle(shuffled)
    again = plan(replace(given_situation, invoices=shuffled))
    assert {one.group: one for one in again} == {one.group: one for one in plan(given_situation)}


@hundreds
@given(situations)
def test_planning_again_a_little_later_on_the_same_day_changes_nothing(given_situation: Situation) -> None:
    later = given_situation.now + timedelta(seconds=1)
    if local(later, given_situation.zone).hour == local(given_situation.now, given_situation.zone).hour:
        assert plan(replace(given_situation, now=later)) == plan(given_situation)


@hundreds
@given(situations)
def test_over_two_months_no_invoice_has_a_step_twice_and_no_customer_two_messages_a_day(
    given_situation: Situation,
) -> None:
    found = preview(given_situation, days=60)
    steps = [(covered.invoice_id, covered.step_id) for one in found for covered in one.covered]
    days = [(one.group, one.send_on) for one in found]
    assert len(set(steps)) == len(steps)
    assert len(set(days)) == len(days)
    assert days == sorted(days, key=lambda pair: pair[1])


@hundreds
@given(situations)
def test_what_is_left_out_has_had_its_last_step_or_nothing_to_pay(given_situation: Situation) -> None:
    last = max(step.offset_days for step in given_situation.cadence.steps)
    planned = {one.group for one in plan(given_situation)}
    for invoice in given_situation.invoices:
        if invoice.balance > 0 and all(had.step.offset_days < last for had in invoice.had):
            assert (invoice.customer_id, invoice.currency) in planned
