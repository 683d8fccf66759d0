"""What the ledger says right before sending is what counts, and its silence holds."""

from datetime import timedelta

from app.models import ReminderState
from tests.reminders.dispatching import (
    again,
    calls_of_the_ledger,
    confirmed,
    contact_of,
    first_of_today,
    only,
    pull,
    with_one_invoice,
)
from tests.reminders.journey import Journey


def test_an_invoice_paid_in_the_ledger_a_moment_ago_is_left_out_and_the_rest_goes(journey: Journey) -> None:
    wanted = only(journey, first_of_today(journey, invoices=2))
    paid, *left = journey.numbers_of(wanted)
    journey.sandbox.control(f"xero/invoices/{paid}/pay")
    journey.run()
    (mail,) = journey.inbox()
    assert paid not in mail["text"]
    assert all(number in mail["text"] for number in left)
    facts = again(journey, wanted).facts
    assert facts is not None
    assert {line["number"]: line["state"] for line in facts["invoices"]}[paid] == "paid"


def test_an_address_changed_in_the_ledger_a_moment_ago_is_the_one_written_to(journey: Journey) -> None:
    wanted = only(journey, first_of_today(journey))
    contact = contact_of(journey, wanted)
    journey.sandbox.control(f"xero/contacts/{contact}/email", email="new@customer.example")
    journey.run()
    (mail,) = journey.inbox()
    assert mail["to"] == ["new@customer.example"]


def test_a_customer_archived_in_the_ledger_a_moment_ago_is_not_written_to(journey: Journey) -> None:
    wanted = only(journey, first_of_today(journey))
    journey.sandbox.control(f"xero/contacts/{contact_of(journey, wanted)}/archive")
    journey.run()
    assert journey.inbox() == []
    assert again(journey, wanted).reason_code == "inactive"


def test_while_customers_cannot_be_asked_about_everything_is_held(journey: Journey) -> None:
    wanted = only(journey, first_of_today(journey))
    journey.sandbox.fault("xero", "500", match="/Contacts")
    journey.run()
    assert journey.inbox() == []
    assert again(journey, wanted).reason_code == "ledger_unreachable"


def test_when_all_was_paid_nothing_leaves_and_the_row_says_why(journey: Journey) -> None:
    wanted = only(journey, first_of_today(journey))
    for number in journey.numbers_of(wanted):
        journey.sandbox.control(f"xero/invoices/{number}/pay")
    journey.run()
    skipped = again(journey, wanted)
    assert journey.inbox() == []
    assert (skipped.state, skipped.reason_code) == (ReminderState.SKIPPED, "paid")
    assert skipped.facts


def test_a_part_payment_is_seen_in_the_amount(journey: Journey) -> None:
    wanted = only(journey, with_one_invoice(journey))
    (number,) = journey.numbers_of(wanted)
    journey.sandbox.control(f"xero/invoices/{number}/pay", amount="1.00")
    journey.run()
    invoices = journey.sandbox.get("/control/xero/ledger").json()["invoices"]
    (due,) = [invoice["amount_due"] for invoice in invoices if invoice["number"] == number]
    assert f"{float(due):,.2f}" in journey.inbox()[0]["subject"]
    ((named,),) = journey.rows(
        "SELECT amount_due FROM reminder_invoice WHERE reminder_id = :id", id=wanted.id
    )
    assert float(named) == float(due)


def test_a_due_date_that_was_moved_drops_the_reminder_until_the_step_is_reached(journey: Journey) -> None:
    wanted = only(journey, with_one_invoice(journey))
    (number,) = journey.numbers_of(wanted)
    later = journey.ground.clock.now().date() + timedelta(days=20)
    journey.sandbox.control(f"xero/invoices/{number}/due", due=later.isoformat())
    journey.run()
    assert journey.inbox() == []
    assert again(journey, wanted).reason_code == "not_due_yet"
    group = (wanted.customer_id, wanted.currency)
    ahead = [r for r in journey.reminders() if (r.customer_id, r.currency) == group and r.id != wanted.id]
    assert all(r.send_on > wanted.send_on for r in ahead)


def test_a_ledger_that_cannot_be_asked_holds_everything_and_sending_resumes_by_itself(
    journey: Journey,
) -> None:
    wanted = only(journey, first_of_today(journey))
    fault = journey.sandbox.fault("xero", "503", times=None)
    journey.run()
    held = again(journey, wanted)
    assert journey.inbox() == []
    assert (held.state, held.reason_code) == (ReminderState.HELD, "ledger_unreachable")
    journey.sandbox.delete(f"/control/faults/{fault}")
    journey.clock_to(held.due_at + timedelta(seconds=1))
    journey.run()
    assert again(journey, wanted).state is ReminderState.SENT
    assert len(journey.inbox()) == 1


def test_a_ledger_whose_day_is_used_up_holds_until_the_reset_without_spinning_and_then_it_goes(
    journey: Journey,
) -> None:
    wanted = only(journey, first_of_today(journey))
    journey.sandbox.fault("xero", "429", value=3 * 3600, detail="day", times=None)
    before = journey.ground.clock.now()
    journey.run()
    held = again(journey, wanted)
    assert journey.inbox() == []
    assert (held.state, held.reason_code) == (ReminderState.HELD, "ledger_unreachable")
    assert "Xero's daily limit is used up." in (held.reason or "")
    assert timedelta(hours=2.9) < held.due_at - before < timedelta(hours=3.1)
    asked = calls_of_the_ledger(journey)
    journey.clock_to(before + timedelta(hours=2))
    journey.run()
    assert calls_of_the_ledger(journey) == asked
    journey.sandbox.delete("/control/faults")
    journey.clock_to(held.due_at + timedelta(seconds=5))
    journey.run()
    assert again(journey, wanted).state is ReminderState.SENT
    assert len(journey.inbox()) == 1


def test_an_address_that_is_none_is_held_and_goes_once_it_was_corrected(journey: Journey) -> None:
    wanted = only(journey, first_of_today(journey))
    ((external_id,),) = journey.rows("SELECT external_id FROM customer WHERE id = :id", id=wanted.customer_id)
    journey.sandbox.control(f"xero/contacts/{external_id}/email", email="not an address")
    pull(journey)
    held = again(journey, wanted)
    assert (held.state, held.reason_code) == (ReminderState.HELD, "bad_email")
    journey.sandbox.control(f"xero/contacts/{external_id}/email", email="right@corrected.example")
    pull(journey)
    journey.clock_to(held.due_at + timedelta(minutes=1))
    journey.run()
    assert [mail["to"] for mail in journey.inbox()] == [["right@corrected.example"]]


def test_a_dead_consent_holds_everything_until_the_owner_reconnects(journey: Journey) -> None:
    confirmed(journey)
    journey.sandbox.control("xero/disconnect")
    journey.run()
    assert journey.inbox() == []
    assert {r.reason_code for r in journey.due_today()} <= {"disconnected", "ledger_unreachable"}
