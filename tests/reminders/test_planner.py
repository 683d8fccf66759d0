"""The planner by example: what leaves when, and why something does not."""

from datetime import UTC, date, datetime, timedelta

from app.reminders.planner import plan
from app.reminders.preview import preview
from app.reminders.situation import Addressee, Past, Stop
from tests.reminders.values import NOW, TODAY, cadence, invoice, number, situation, step_id

MONDAY = TODAY + timedelta(days=3)


def test_an_invoice_gets_the_step_whose_day_it_is() -> None:
    (found,) = plan(situation(invoice(1, overdue=7)))
    assert (found.send_on, found.step_id) == (TODAY, step_id(7))
    assert found.due_at == datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_of_the_steps_that_passed_only_the_latest_is_sent() -> None:
    (found,) = plan(situation(invoice(1, overdue=200)))
    assert (found.send_on, found.step_id) == (TODAY, step_id(45))


def test_an_invoice_that_had_its_step_waits_for_the_next_one() -> None:
    (found,) = plan(situation(invoice(1, overdue=7, last=7)))
    assert (found.send_on, found.step_id) == (TODAY + timedelta(days=7), step_id(14))


def test_an_invoice_that_had_the_last_step_is_left_alone() -> None:
    assert plan(situation(invoice(1, overdue=90, last=45))) == []


def test_a_step_that_was_passed_over_is_never_made_up_for() -> None:
    (found,) = plan(situation(invoice(1, overdue=20, last=14)))
    assert (found.send_on, found.step_id) == (MONDAY + timedelta(days=7), step_id(30))


def test_a_step_on_a_weekend_goes_on_monday() -> None:
    (found,) = plan(situation(invoice(1, overdue=-1, last=-3)))
    assert found.send_on == MONDAY


def test_invoices_that_reach_a_step_on_the_same_day_travel_together_worded_by_the_oldest() -> None:
    (found,) = plan(situation(invoice(1, overdue=7), invoice(2, overdue=30), invoice(3, overdue=2, last=0)))
    assert found.step_id == step_id(30)
    assert [(one.invoice_id, one.step_id) for one in found.covered] == [
        (number(2), step_id(30)),
        (number(1), step_id(7)),
    ]


def test_each_currency_and_each_customer_has_a_message_of_its_own() -> None:
    found = plan(situation(invoice(1), invoice(2, currency="EUR"), invoice(3, customer=2)))
    assert {one.group for one in found} == {(number(1), "GBP"), (number(1), "EUR"), (number(2), "GBP")}


def test_a_customer_who_had_a_message_today_gets_the_next_one_on_another_day() -> None:
    past = {(number(1), "GBP"): Past(last_on=TODAY)}
    (found,) = plan(situation(invoice(1, overdue=7), past=past))
    assert found.send_on == MONDAY


def test_what_is_covered_by_our_own_payments_is_not_planned() -> None:
    assert plan(situation(invoice(1, overdue=7, balance="0.00"), invoice(2, balance="-1"))) == []


def test_after_closing_time_a_reminder_goes_the_next_working_day() -> None:
    (found,) = plan(situation(invoice(1, overdue=7), now=datetime(2026, 11, 20, 21, tzinfo=UTC)))
    assert found.send_on == MONDAY


def test_the_day_and_hour_are_those_of_the_organisation() -> None:
    # In Auckland it is already Saturday, and its Monday at nine is London's Sunday evening.
    (found,) = plan(
        situation(invoice(1, overdue=7), now=datetime(2026, 11, 20, 13, tzinfo=UTC), zone="Pacific/Auckland")
    )
    assert (found.send_on, found.due_at) == (date(2026, 11, 23), datetime(2026, 11, 22, 20, tzinfo=UTC))


def test_the_hour_stays_when_the_clocks_change() -> None:
    spring = situation(invoice(1), now=datetime(2027, 3, 26, 8, tzinfo=UTC))
    (friday,) = plan(spring)
    assert friday.due_at == datetime(2027, 3, 26, 9, tzinfo=UTC)
    (monday,) = plan(situation(invoice(1), now=datetime(2027, 3, 27, 8, tzinfo=UTC)))
    assert monday.due_at == datetime(2027, 3, 29, 8, tzinfo=UTC)


def test_what_cannot_be_sent_is_planned_with_its_reason() -> None:
    reasons = {}
    for name, addressee in {
        "no_email": Addressee(has_address=False),
        "opted_out": Addressee(opted_out=True),
        "inactive": Addressee(is_active=False),
        "held": Addressee(stop=Stop("Disputed", None)),
    }.items():
        (found,) = plan(situation(invoice(1, overdue=7), addressees={number(1): addressee}))
        assert found.obstacle
        reasons[name] = found.obstacle.code
    assert reasons == {name: name for name in reasons}


def test_a_held_invoice_stays_out_and_the_others_go() -> None:
    (found,) = plan(situation(invoice(1, overdue=30, stop=Stop("Disputed", None)), invoice(2, overdue=7)))
    assert [one.invoice_id for one in found.covered] == [number(2)]
    assert (found.step_id, found.obstacle) == (step_id(7), None)


def test_a_hold_with_an_end_moves_the_reminder_behind_it() -> None:
    promised = Stop("Promised to pay", TODAY + timedelta(days=6))
    (found,) = plan(situation(invoice(1, overdue=7, stop=promised)))
    assert found.send_on == TODAY + timedelta(days=7)
    assert found.obstacle
    assert found.obstacle.sentence == "On hold until 26 Nov 2026: Promised to pay"


def test_a_hold_that_is_over_holds_nothing() -> None:
    (found,) = plan(situation(invoice(1, overdue=7, stop=Stop("Promised", TODAY - timedelta(days=1)))))
    assert (found.send_on, found.obstacle) == (TODAY, None)


def test_a_reminder_that_waits_for_its_time_is_not_planned_earlier() -> None:
    again = NOW + timedelta(hours=3)
    (found,) = plan(situation(invoice(1, overdue=7), past={(number(1), "GBP"): Past(not_before=again)}))
    assert (found.send_on, found.due_at) == (TODAY, again)


def test_the_preview_shows_every_step_of_the_coming_month_once() -> None:
    found = preview(situation(invoice(1, overdue=0), invoice(2, overdue=7, customer=2)), days=30)
    assert [(one.customer_id.int, one.step_id.int - 10_000, one.send_on) for one in found] == [
        (1, 0, TODAY),
        (2, 7, TODAY),
        (1, 7, TODAY + timedelta(days=7)),
        (2, 14, TODAY + timedelta(days=7)),
        (1, 14, TODAY + timedelta(days=14)),
        (2, 30, MONDAY + timedelta(days=21)),
    ]


def test_the_preview_leaves_out_what_cannot_be_sent() -> None:
    assert (
        preview(situation(invoice(1, overdue=7), addressees={number(1): Addressee(has_address=False)})) == []
    )


def test_a_cadence_without_steps_before_the_due_date_waits() -> None:
    (found,) = plan(situation(invoice(1, overdue=-10), steps=cadence(0, 7)))
    assert found.send_on == TODAY + timedelta(days=10)
