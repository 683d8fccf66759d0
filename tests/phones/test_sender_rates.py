"""A sender lets out only so many messages: the rest waits its turn, which is no attempt and no failure."""

from datetime import timedelta
from uuid import uuid4

from app.channels.registry import EMAIL, SMS, WHATSAPP
from app.kit.ground import Ground
from app.models import ReminderState
from app.reminders import claiming
from app.reminders.sender_rates import hold_the_crowd, take_room
from tests.phones.business import PhoneBusiness
from tests.reminders.dispatching import calls_of_the_ledger


def test_a_minute_s_worth_may_leave_and_then_there_is_room_within_the_minute(ground: Ground) -> None:
    tenant_id = uuid4()
    count, wait = take_room(ground, tenant_id, SMS, 100)
    assert count == 60 * ground.settings.sms_per_second
    assert timedelta(0) < wait <= timedelta(seconds=64)


def test_each_business_and_channel_has_room_of_its_own(ground: Ground) -> None:
    tenant_id = uuid4()
    take_room(ground, tenant_id, SMS, 61)
    assert take_room(ground, uuid4(), SMS, 10)[0] == 10
    assert take_room(ground, tenant_id, WHATSAPP, 100)[0] == 100
    assert take_room(ground, tenant_id, EMAIL, 10_000) == (10_000, timedelta(0))


def test_one_beyond_the_rate_is_held_without_an_attempt_and_goes_when_there_is_room(
    business: PhoneBusiness,
) -> None:
    wanted = business.due_by("sms")
    take_room(business.ground, business.tenant_id, SMS, 60)
    asked = calls_of_the_ledger(business.journey)
    business.journey.run()
    assert calls_of_the_ledger(business.journey) == asked, "the ledger was asked about what cannot leave"
    held = business.again(wanted)
    assert (held.state, held.reason_code) == (ReminderState.HELD, "sender_busy")
    assert (business.texts(), business.messages(wanted)) == ([], [])
    business.journey.clock_to(held.due_at + timedelta(seconds=1))
    business.journey.run()
    assert business.state(wanted) is ReminderState.SENT
    assert [(one.attempt, one.channel) for one in business.messages(wanted)] == [(1, "sms")]
    assert len(business.texts()) == 1


def test_of_many_as_many_as_may_leave_are_asked_about_and_mail_goes_on(business: PhoneBusiness) -> None:
    business.journey.change("UPDATE reminder SET needs_confirmation = false, state = 'planned'")
    business.journey.change("UPDATE reminder SET channels = '{sms}', due_at = due_at - interval '1 day'")
    now = business.ground.clock.now()
    with business.ground.database.tenant(business.tenant_id) as session:
        due = claiming.due_by_channel(session, now=now)
        assert due[SMS] > 3
        take_room(business.ground, business.tenant_id, SMS, 57)
        assert hold_the_crowd(business.ground, session, business.tenant_id, due, now=now)
        left = claiming.due_by_channel(session, now=now)
        assert left == {**due, SMS: 3}
        take_room(business.ground, business.tenant_id, SMS, 3)
        assert not hold_the_crowd(business.ground, session, business.tenant_id, left, now=now)
        assert claiming.due_by_channel(session, now=now) == {}
        assert hold_the_crowd(business.ground, session, business.tenant_id, {**left, EMAIL: 2}, now=now)
