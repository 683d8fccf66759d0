"""Mail servers that are busy, refuse, stay away, or take a mail and lose the answer."""

from datetime import timedelta

import pytest

from app.kit.ground import Ground
from app.models import ReminderState
from app.reminders.confirming import mark_sent, send_again
from tests.reminders.dispatching import again, dispatch_now, dispatch_without_lapse, first_of_today, only
from tests.reminders.journey import Journey


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
