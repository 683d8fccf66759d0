"""What must hold of everything that is planned, said in the plainest words, for tests to check."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from app.models import StepAction
from app.reminders.calendar_days import public_holidays
from app.reminders.calendar_hours import Hours, Window
from app.reminders.planner_caps import leaves
from app.reminders.situation import Contact, Past, Planned, Situation
from tests.reminders.counting import count


def check_plan(found: list[Planned], situation: Situation) -> None:
    """At most one reminder for each customer and currency, and each of them may be sent."""
    assert len({one.group for one in found}) == len(found)
    for planned in found:
        never_for_what_is_paid_and_never_a_step_twice(planned, situation)
        only_on_days_and_at_hours_that_are_open(planned, situation)
        past_is_respected(planned, situation)
    never_too_much(situation, [one for one in found if leaves(one)])
    count("planner", len(found))


def never_for_what_is_paid_and_never_a_step_twice(planned: Planned, situation: Situation) -> None:
    invoices = {one.id: one for one in situation.invoices if one.customer_id == planned.customer_id}
    known = {step.id: step for one in situation.cadences for step in one.steps}
    assert planned.covered
    for covered in planned.covered:
        invoice, step = invoices[covered.invoice_id], known[covered.step_id]
        assert invoice.balance > 0
        assert (invoice.customer_id, invoice.currency) == planned.group
        assert (step.id, covered.occurrence) not in {(had.step.id, had.occurrence) for had in invoice.had}
        assert step.suits(invoice.balance, invoice.promise_broken_on)
        assert (step.action is StepAction.TASK) == (planned.channels == ())


def only_on_days_and_at_hours_that_are_open(planned: Planned, situation: Situation) -> None:
    past = situation.past.get(planned.group, Past())
    if past.not_before is not None and planned.due_at == past.not_before:
        return
    cadence = next(one for one in situation.cadences if planned.step_id in {step.id for step in one.steps})
    addressee = situation.addressees[planned.customer_id]
    zones = addressee.zones or (situation.zone,)
    assert Hours(Window(), zones).are_open(planned.due_at)
    here = planned.due_at.astimezone(ZoneInfo(zones[0]))
    assert 8 <= here.hour < 21
    assert here.weekday() in cadence.weekdays
    if cadence.keeps_holidays:
        for place in (situation.place, addressee.place):
            assert place is None or here.date() not in public_holidays(*place, here.year)


def past_is_respected(planned: Planned, situation: Situation) -> None:
    past = situation.past.get(planned.group, Past())
    assert planned.send_on >= situation.now.astimezone(ZoneInfo(situation.zone)).date()
    assert past.last_on is None or planned.send_on > past.last_on
    assert past.not_before is None or planned.due_at >= past.not_before
    if planned.obstacle is None:
        covered = {one.invoice_id for one in planned.covered}
        stops = [one.stop for one in situation.invoices if one.id in covered]
        for stop in (situation.addressees[planned.customer_id].stop, *stops):
            assert stop is None or stop.until is not None


def never_too_much(situation: Situation, leaving: Iterable[Planned]) -> None:
    """A customer gets one message per channel and day, and seven in seven days, with what was sent before."""
    by_customer: dict[object, list[Contact]] = {}
    for one in leaving:
        by_customer.setdefault(one.customer_id, []).append(Contact(one.send_on, one.channels[0]))
    for customer_id, to_come in by_customer.items():
        had = situation.contacts.get(customer_id, ())  # type: ignore[call-overload]
        taken = Counter(to_come)
        assert max(taken.values()) == 1
        assert taken.keys().isdisjoint(had)
        for day in {one.on for one in to_come}:
            week = [one for one in (*had, *to_come) if day - timedelta(days=6) <= one.on <= day]
            assert len(week) <= 7
