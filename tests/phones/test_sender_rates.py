"""A sender lets out only so many messages: the rest waits its turn, which is no attempt and no failure."""

from datetime import timedelta
from uuid import uuid4

from app.channels.registry import EMAIL, SMS, WHATSAPP
from app.kit.ground import Ground
from app.models import ReminderState
from app.reminders.sender_rates import take_room
from tests.phones.business import PhoneBusiness


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
    business.journey.run()
    held = business.again(wanted)
    assert (held.state, held.reason_code) == (ReminderState.HELD, "sender_busy")
    assert (business.texts(), business.messages(wanted)) == ([], [])
    business.journey.clock_to(held.due_at + timedelta(seconds=1))
    business.journey.run()
    assert business.state(wanted) is ReminderState.SENT
    assert [(one.attempt, one.channel) for one in business.messages(wanted)] == [(1, "sms")]
    assert len(business.texts()) == 1
