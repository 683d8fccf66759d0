"""From the first list to delivered mail, against a real ledger and a real mail server."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from app.models import CatchUpMode, ReminderState
from app.reminders.catch_up import choose
from app.reminders.dispatch import send_batch
from app.reminders.openings import opened
from app.reminders.planning import plan_tenant
from tests.reminders.dispatching import (
    again,
    confirmed,
    dispatch_now,
    dispatch_without_lapse,
    first_of_today,
    only,
)
from tests.reminders.journey import Journey, header
from tests.sandbox.client import SandboxClient


def test_nothing_leaves_until_the_list_is_confirmed_and_then_each_customer_has_one_mail_a_day(
    journey: Journey,
) -> None:
    assert journey.inbox() == []
    held = journey.reminders()
    assert {reminder.state for reminder in held} == {ReminderState.HELD}
    assert {r.reason_code for r in held} <= {"first_list", "no_email", "inactive"}
    expected = confirmed(journey)
    customers = {r.customer_id for r in expected}
    assert len(customers) > 10
    journey.run()
    mails = journey.inbox()
    assert len(mails) == len(customers)
    assert journey.states()["sent"] == len(customers)
    assert set(Counter(mail["to"][0] for mail in mails).values()) == {1}
    one = mails[0]
    assert header(one, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    assert header(one, "List-Unsubscribe").startswith("<http://127.0.0.1:8400/unsubscribe/")
    assert one["text"].count("Total: ") == 1
    journey.run()
    assert len(journey.inbox()) == len(customers)
    journey.next_morning()
    journey.run()
    assert {r.state for r in journey.reminders() if r.id in {one.id for one in expected}} == {
        ReminderState.SENT
    }


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
        "SELECT customer_id FROM reminder WHERE state = 'sent' GROUP BY customer_id, send_on "
        "HAVING count(*) > 1"
    )
    assert (twice, a_day) == ([], [])
    assert len(journey.inbox()) == journey.states()["sent"]


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
    assert set(Counter(m["to"][0] for m in journey.inbox()).values()) == {1}
    assert set(
        Counter((r.customer_id, r.currency) for r in journey.reminders(ReminderState.SENT)).values()
    ) == {1}


def test_a_broken_text_holds_its_own_reminders_and_no_others(journey: Journey) -> None:
    expected = confirmed(journey)
    broken = Counter(r.step_id for r in expected).most_common()[-1][0]
    journey.change("UPDATE cadence_step SET body = '{{ nobody }}' WHERE id = :id", id=broken)
    journey.run()
    spoilt = {r.id for r in expected if r.step_id == broken}
    held = [r for r in journey.reminders() if r.id in spoilt]
    assert {(r.state, r.reason_code) for r in held} == {(ReminderState.HELD, "wording")}
    assert {r.due_at > journey.ground.clock.now() for r in held} == {True}
    assert len(journey.inbox()) == len({r.customer_id for r in expected if r.id not in spoilt}) > 0


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
    assert len(journey.inbox()) == len({r.customer_id for r in expected})
    assert len({r.customer_id for r in journey.reminders(ReminderState.SENT)}) == len(
        {r.customer_id for r in expected}
    )
