"""From the first list to delivered mail, against a real ledger and a real mail server that misbehave."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.kit.ground import Ground
from app.models import CatchUpMode, Hold, HoldScope, OptOut, Reminder, ReminderState
from app.reminders.catch_up import choose
from app.reminders.confirming import confirm, mark_sent, pause, send_again
from app.reminders.dispatch import send_batch
from app.reminders.openings import opened
from app.reminders.planning import plan_tenant
from app.tasks import kinds
from app.tasks.queue import enqueue
from tests.reminders.journey import Journey, header
from tests.sandbox.client import SandboxClient


def confirmed(journey: Journey) -> list[Reminder]:
    """Confirms all; what is to leave today, not yet sent."""
    journey.confirm_all()
    return [r for r in journey.due_today() if r.state is ReminderState.PLANNED]


def only(journey: Journey, wanted: Reminder) -> Reminder:
    """Confirms one reminder of today alone; the others stay held."""
    with journey.ground.database.tenant(journey.tenant_id) as session:
        assert confirm(session, [wanted.id], now=journey.ground.clock.now()) == 1
    return wanted


def first_of_today(journey: Journey, *, invoices: int = 1) -> Reminder:
    """A reminder of today that covers at least so many invoices."""
    return next(
        r
        for r in journey.due_today()
        if r.reason_code == "first_list" and len(journey.numbers_of(r)) >= invoices
    )


def with_one_invoice(journey: Journey) -> Reminder:
    """A reminder of today that covers exactly one invoice."""
    return next(
        r for r in journey.due_today() if r.reason_code == "first_list" and len(journey.numbers_of(r)) == 1
    )


def again(journey: Journey, wanted: Reminder) -> Reminder:
    """The row as it is now."""
    return next(r for r in journey.reminders() if r.id == wanted.id)


def dispatch_now(journey: Journey) -> None:
    """Ring the dispatcher, as the ticker would."""
    now = journey.ground.clock.now()
    with journey.ground.database.tenant(journey.tenant_id) as session:
        enqueue(
            session,
            kind=kinds.DISPATCH,
            tenant_id=journey.tenant_id,
            key=f"{kinds.DISPATCH}:{journey.tenant_id}",
            run_at=now,
            now=now,
        )
    journey.lapse_leases()
    journey.run()


def test_nothing_leaves_until_the_list_is_confirmed_and_then_each_customer_has_one_mail_per_currency(
    journey: Journey,
) -> None:
    assert journey.inbox() == []
    held = journey.reminders()
    assert {reminder.state for reminder in held} == {ReminderState.HELD}
    assert {r.reason_code for r in held} <= {"first_list", "no_email", "inactive"}
    expected = confirmed(journey)
    assert len(expected) > 10
    journey.run()
    mails = journey.inbox()
    assert len(mails) == len(expected)
    assert journey.states()["sent"] == len(expected)
    assert set(Counter((mail["to"][0], mail["subject"]) for mail in mails).values()) == {1}
    one = mails[0]
    assert header(one, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    assert header(one, "List-Unsubscribe").startswith("<http://127.0.0.1:8400/unsubscribe/")
    assert one["text"].count("Total: ") == 1
    journey.run()
    assert len(journey.inbox()) == len(expected)


def test_each_day_s_steps_leave_on_their_day_and_never_twice(journey: Journey) -> None:
    confirmed(journey)
    journey.run()
    for _ in range(4):
        journey.next_morning()
        journey.run()
    twice = journey.rows(
        "SELECT l.invoice_id FROM reminder_invoice l JOIN reminder r ON r.tenant_id = l.tenant_id "
        "AND r.id = l.reminder_id WHERE r.state = 'sent' GROUP BY l.invoice_id, l.step_id HAVING count(*) > 1"
    )
    a_day = journey.rows(
        "SELECT customer_id FROM reminder WHERE state = 'sent' GROUP BY customer_id, currency, send_on "
        "HAVING count(*) > 1"
    )
    assert (twice, a_day) == ([], [])
    assert len(journey.inbox()) == journey.states()["sent"]


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


def contact_of(journey: Journey, wanted: Reminder) -> str:
    """The ledger's id of the customer a reminder is for."""
    found = journey.rows("SELECT external_id FROM customer WHERE id = :id", id=wanted.customer_id)
    return str(found[0][0])


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


def calls_of_the_ledger(journey: Journey) -> dict[str, int]:
    calls = journey.sandbox.get("/control/counters").json()["calls"]
    return {name: count for name, count in calls.items() if name.startswith("xero ")}


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


def test_an_opt_out_or_a_hold_at_the_last_moment_is_obeyed(journey: Journey) -> None:
    listed = [r for r in journey.due_today() if r.reason_code == "first_list"]
    first = listed[0]
    second = next(r for r in listed if r.customer_id != first.customer_id)
    now = journey.ground.clock.now()
    with journey.ground.database.tenant(journey.tenant_id) as session:
        confirm(session, [first.id, second.id], now=now)
        session.add(
            OptOut(
                tenant_id=journey.tenant_id,
                customer_id=first.customer_id,
                channel="email",
                source="page",
                created_at=now,
            )
        )
        session.add(
            Hold(
                tenant_id=journey.tenant_id,
                scope=HoldScope.CUSTOMER,
                subject_id=second.customer_id,
                reason="Disputed",
                created_at=now,
            )
        )
    dispatch_now(journey)
    assert journey.inbox() == []
    assert {again(journey, first).reason_code, again(journey, second).reason_code} == {"opted_out", "held"}


def test_a_pause_stops_what_was_confirmed(journey: Journey) -> None:
    confirmed(journey)
    with journey.ground.database.tenant(journey.tenant_id) as session:
        pause(session, now=journey.ground.clock.now())
    dispatch_now(journey)
    assert journey.inbox() == []
    assert {r.reason_code for r in journey.due_today()} <= {"paused", "no_email"}


def test_after_an_outage_only_the_latest_step_leaves_at_a_decent_hour(journey: Journey) -> None:
    confirmed(journey)
    journey.next_morning(days=7, hour=22)
    journey.run()
    assert journey.inbox() == []
    now = journey.next_morning()
    journey.change("UPDATE connection SET read_at = :now", now=now)  # the ledger has been read again by now
    journey.run()
    assert "late" in {r.reason_code for r in journey.reminders(ReminderState.HELD)}
    with journey.ground.database.tenant(journey.tenant_id) as session:
        choose(session, CatchUpMode.LATEST, now=journey.ground.clock.now())
    journey.run()
    assert journey.inbox()
    assert set(Counter((m["to"][0], m["subject"]) for m in journey.inbox()).values()) == {1}
    assert set(
        Counter((r.customer_id, r.currency) for r in journey.reminders(ReminderState.SENT)).values()
    ) == {1}


def test_a_busy_mail_server_is_tried_again_a_little_later(journey: Journey) -> None:
    wanted = only(journey, first_of_today(journey))
    journey.sandbox.fault("mail", "451")
    journey.run()
    waiting = again(journey, wanted)
    assert (waiting.state, waiting.reason_code) == (ReminderState.PLANNED, "try_again")
    assert waiting.due_at > journey.ground.clock.now()
    assert journey.inbox() == []
    journey.clock_to(waiting.due_at + timedelta(seconds=1))
    journey.run()
    assert again(journey, wanted).state is ReminderState.SENT
    assert len(journey.inbox()) == 1


def test_an_address_that_the_mail_server_refuses_is_told_to_a_person(journey: Journey) -> None:
    wanted = only(journey, first_of_today(journey))
    journey.sandbox.fault("mail", "550")
    journey.run()
    failed = again(journey, wanted)
    assert failed.state is ReminderState.FAILED
    assert failed.reason
    assert "refused" in failed.reason
    with journey.ground.database.tenant(journey.tenant_id) as session:
        send_again(session, wanted.id, now=journey.ground.clock.now())
    journey.run()
    assert again(journey, wanted).state is ReminderState.SENT
    assert len(journey.inbox()) == 1


def test_a_list_of_yesterday_in_which_nothing_is_left_does_not_open_the_sending(journey: Journey) -> None:
    with journey.ground.database.tenant(journey.tenant_id) as session:
        assert confirm(session, [uuid4()], now=journey.ground.clock.now()) == 0
    assert journey.rows("SELECT sending FROM tenant") == [("held_until_confirmed",)]


def test_a_mail_server_that_is_away_for_a_day_costs_nobody_their_reminder(journey: Journey) -> None:
    wanted = only(journey, first_of_today(journey))
    journey.sandbox.fault("mail", "451", times=None)
    for minutes in (0, 1, 2, 4, 8, 16, 32, 64, 120, 120, 120, 120):
        journey.sandbox.advance(seconds=60 * minutes)
        journey.run()
    assert journey.inbox() == []
    assert again(journey, wanted).state in (ReminderState.PLANNED, ReminderState.HELD)
    journey.sandbox.delete("/control/faults")
    journey.next_morning()
    journey.run()
    assert again(journey, wanted).state is ReminderState.SENT
    assert len(journey.inbox()) == 1


def test_an_answer_lost_after_the_mail_was_taken_is_settled_by_asking_and_not_by_sending(
    journey: Journey,
) -> None:
    wanted = only(journey, first_of_today(journey))
    journey.sandbox.fault("mail", "drop")
    journey.run()
    assert again(journey, wanted).state is ReminderState.SENT
    assert len(journey.inbox()) == 1


def test_a_mail_that_never_arrived_is_sent_again_only_once_nobody_can_be_handing_it_over(
    journey: Journey,
) -> None:
    wanted = only(journey, first_of_today(journey))
    journey.sandbox.fault("mail", "drop-before")
    journey.run()
    assert again(journey, wanted).state is ReminderState.UNKNOWN
    dispatch_without_lapse(journey)
    assert again(journey, wanted).state is ReminderState.UNKNOWN
    assert journey.inbox() == []
    dispatch_now(journey)
    assert again(journey, wanted).state is ReminderState.SENT
    assert len(journey.inbox()) == 1
    attempts = journey.rows(
        "SELECT state FROM message WHERE reminder_id = :id ORDER BY attempt", id=wanted.id
    )
    assert attempts == [("failed",), ("sent",)]


def dispatch_without_lapse(journey: Journey) -> None:
    now = journey.ground.clock.now()
    journey.change("UPDATE task SET run_at = :now, rung_at = NULL WHERE state = 'waiting'", now=now)
    journey.run()


def test_without_a_message_search_a_person_decides(journey: Journey, blind: Ground) -> None:
    first, second = [r for r in journey.due_today() if r.reason_code == "first_list"][:2]
    only(journey, first)
    only(journey, second)
    journey.ground = blind
    journey.sandbox.fault("mail", "drop", times=2)
    journey.run()
    dispatch_now(journey)
    for one in (again(journey, first), again(journey, second)):
        assert (one.state, one.reason_code) == (ReminderState.UNKNOWN, "unknown")
        assert one.reason
        assert one.reason.startswith("We do not know whether this left")
    assert len(journey.inbox()) == 2
    now = journey.ground.clock.now()
    with journey.ground.database.tenant(journey.tenant_id) as session:
        mark_sent(session, first.id, now=now)
        send_again(session, second.id, now=now)
    journey.run()
    assert (again(journey, first).state, again(journey, second).state) == (
        ReminderState.SENT,
        ReminderState.SENT,
    )
    assert len(journey.inbox()) == 3


@pytest.fixture
def blind(journey: Journey) -> Ground:
    """The same product where the mail provider has no message search."""
    present = journey.ground
    settings = present.settings.model_copy(update={"mail_search_url": ""})
    return Ground(settings, present.clock, present.database, present.master_key)


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


def pull(journey: Journey) -> None:
    ((connection_id,),) = journey.rows("SELECT id FROM connection")
    now = journey.ground.clock.now()
    with journey.ground.database.tenant(journey.tenant_id) as session:
        enqueue(
            session,
            kind=kinds.SYNC_PULL,
            tenant_id=journey.tenant_id,
            subject_id=connection_id,
            key=f"{kinds.SYNC_PULL}:{connection_id}",
            run_at=now,
            now=now,
        )
    journey.run()


def test_the_brake_stops_what_nobody_expected_and_the_owner_may_let_it_go(journey: Journey) -> None:
    expected = confirmed(journey)
    journey.change("UPDATE reminder SET confirmed_at = NULL")
    sent_before = _messages_of_today(journey, expected[-1].id, 49)
    dispatch_now(journey)
    states = Counter(r.reason_code or r.state.value for r in journey.due_today())
    assert states["sent"] == 2  # the one that carries the messages sent before, and the fiftieth
    assert states["volume_brake"] == len(expected) - 2
    assert len(journey.inbox()) == 1
    held = [r.id for r in journey.reminders() if r.reason_code == "volume_brake"]
    with journey.ground.database.tenant(journey.tenant_id) as session:
        assert confirm(session, held, now=journey.ground.clock.now()) == len(held)
    journey.run()
    assert len(journey.inbox()) == len(expected) - 1
    assert sent_before == 49


def _messages_of_today(journey: Journey, reminder_id: UUID, count: int) -> int:
    """As if so many had been sent today already, and as many attempts had failed."""
    journey.change("UPDATE reminder SET state = 'sent' WHERE id = :id", id=reminder_id)
    journey.change(
        "INSERT INTO message (tenant_id, id, reminder_id, attempt, channel, state, recipient_sealed, "
        "content_sealed, marker, started_at) SELECT :tenant, gen_random_uuid(), :id, n, 'email', "
        "CASE WHEN n <= :count THEN 'sent' ELSE 'failed' END, '', '', n::text, :now "
        "FROM generate_series(1, 2 * :count) n",
        tenant=journey.tenant_id,
        id=reminder_id,
        now=journey.ground.clock.now(),
        count=count,
    )
    return count


def test_a_broken_text_holds_its_own_reminders_and_no_others(journey: Journey) -> None:
    expected = confirmed(journey)
    broken = Counter(r.step_id for r in expected).most_common()[-1][0]
    journey.change("UPDATE cadence_step SET body = '{{ nobody }}' WHERE id = :id", id=broken)
    journey.run()
    spoilt = {r.id for r in expected if r.step_id == broken}
    held = [r for r in journey.reminders() if r.id in spoilt]
    assert {(r.state, r.reason_code) for r in held} == {(ReminderState.HELD, "wording")}
    assert {r.due_at > journey.ground.clock.now() for r in held} == {True}
    assert len(journey.inbox()) == len(expected) - len(held) > 0


def test_a_dead_consent_holds_everything_until_the_owner_reconnects(journey: Journey) -> None:
    confirmed(journey)
    journey.sandbox.control("xero/disconnect")
    journey.run()
    assert journey.inbox() == []
    assert {r.reason_code for r in journey.due_today()} <= {"disconnected", "ledger_unreachable"}


def test_what_a_message_said_and_to_whom_is_kept_sealed(journey: Journey) -> None:
    only(journey, first_of_today(journey))
    journey.run()
    (mail,) = journey.inbox()
    with journey.ground.database.tenant(journey.tenant_id) as session:
        ((recipient, content),) = session.execute(
            text("SELECT recipient_sealed, content_sealed FROM message")
        )
        dump = session.execute(text("SELECT string_agg(r::text, '') FROM reminder r")).scalar_one()
    for secret in (mail["to"][0], mail["subject"]):
        assert secret.encode() not in bytes(recipient) + bytes(content)
        assert secret not in dump


def test_another_worker_s_fresh_claim_is_left_alone(journey: Journey, sandbox: SandboxClient) -> None:
    wanted = only(journey, first_of_today(journey))
    journey.change(
        "UPDATE reminder SET state = 'sending', lease_until = now() + interval '60 s' WHERE id = :id",
        id=wanted.id,
    )
    dispatch_without_lapse(journey)
    assert again(journey, wanted).state is ReminderState.SENDING
    assert sandbox.get("/mail/api/messages").json() == []
    dispatch_now(journey)
    assert again(journey, wanted).state is ReminderState.SENT
    assert len(journey.inbox()) == 1


def test_workers_at_once_share_the_work_and_nothing_leaves_twice(journey: Journey) -> None:
    expected = confirmed(journey)
    plan_tenant(journey.ground, journey.tenant_id)

    def work(_: int) -> None:
        with opened(journey.ground, journey.tenant_id) as channels:
            while send_batch(journey.ground, journey.tenant_id, channels, renew=lambda: None):
                pass

    with ThreadPoolExecutor(3) as workers:
        list(workers.map(work, range(3)))
    assert len(journey.inbox()) == len(expected)
    assert {r.state for r in journey.reminders() if r.id in {e.id for e in expected}} == {ReminderState.SENT}
