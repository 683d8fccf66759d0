"""What people decide at the last moment: opt-outs, holds, a pause, a list, the brake."""

from collections import Counter
from uuid import UUID, uuid4

from app.models import Hold, HoldScope, OptOut
from app.reminders.confirming import confirm, pause
from tests.reminders.dispatching import (
    again,
    confirmed,
    dispatch_now,
)
from tests.reminders.journey import Journey


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


def test_a_list_of_yesterday_in_which_nothing_is_left_does_not_open_the_sending(journey: Journey) -> None:
    with journey.ground.database.tenant(journey.tenant_id) as session:
        assert confirm(session, [uuid4()], now=journey.ground.clock.now()) == 0
    assert journey.rows("SELECT sending FROM tenant") == [("held_until_confirmed",)]


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
    assert len(journey.inbox()) == len({r.customer_id for r in expected}) - 1
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
