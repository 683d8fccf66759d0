"""Reminders by text message and WhatsApp, from the plan to the receipt, over real HTTP."""

import pytest

from app.models import ConsentBasis, Delivery, MessageState, ReminderState, SenderState
from app.reminders import claiming, outcomes, phone_senders, phone_setup
from app.reminders.phone_events import ask_to_look
from tests.phones.business import MOBILE, PhoneBusiness


def test_a_reminder_leaves_by_text_and_its_receipt_comes_back(business: PhoneBusiness) -> None:
    wanted = business.due_by("sms", "email")
    business.journey.run()
    (text,) = business.texts()
    assert (text["to"], text["from"]) == (MOBILE, business.account().number)
    assert "Harbour Lane" in text["body"] or "STOP" in text["body"]
    assert (business.state(wanted), business.journey.inbox()) == (ReminderState.SENT, [])
    business.pass_time()
    (message,) = business.messages(wanted)
    assert (message.channel, message.state, message.delivery) == (
        "sms",
        MessageState.SENT,
        Delivery.DELIVERED,
    )
    assert message.vendor_id == text["sid"]


def test_a_text_that_does_not_arrive_gives_way_to_mail_on_the_next_sending_day(
    business: PhoneBusiness,
) -> None:
    wanted = business.came_back_by_text()
    given = business.again(wanted)
    assert (given.state, given.reason_code, given.channel_place) == (ReminderState.PLANNED, "fallback", 1)
    assert given.send_on > wanted.send_on
    assert business.journey.inbox() == []
    business.journey.next_morning()
    business.journey.run()
    assert len(business.journey.inbox()) == 1
    assert len(business.texts()) == 1
    assert [m.channel for m in business.messages(wanted)] == ["sms", "email"]
    assert business.state(wanted) is ReminderState.SENT
    assert business.rows("SELECT channel, code FROM bad_address WHERE mended_at IS NULL") == [
        ("sms", "30005")
    ]


def test_a_worker_lost_with_the_next_channel_in_hand_loses_nothing(business: PhoneBusiness) -> None:
    wanted = business.came_back_by_text()
    now = business.journey.next_morning()
    with business.ground.database.tenant(business.tenant_id) as session:
        (claimed,) = claiming.claim(session, now=now, today=business.again(wanted).send_on)
    assert claimed.reminder_id == wanted.id
    business.journey.lapse_leases()
    business.journey.run()
    assert len(business.journey.inbox()) == 1
    assert [m.channel for m in business.messages(wanted)] == ["sms", "email"]
    assert business.state(wanted) is ReminderState.SENT


def test_a_receipt_that_is_quicker_than_the_sender_is_not_overruled(business: PhoneBusiness) -> None:
    wanted = business.came_back_by_text()
    (message,) = business.messages(wanted)
    assert message.vendor_id is not None
    outcomes.record_sent(business.ground, business.tenant_id, {message.id: message.vendor_id})
    given = business.again(wanted)
    assert (given.state, given.reason_code, given.channel_place) == (ReminderState.PLANNED, "fallback", 1)
    business.journey.next_morning()
    business.journey.run()
    assert len(business.journey.inbox()) == 1


def test_the_last_channel_that_does_not_arrive_fails_with_what_happened(business: PhoneBusiness) -> None:
    business.journey.sandbox.control(f"twilio/phones/{MOBILE}", fate=30003)
    wanted = business.due_by("sms")
    business.journey.run()
    business.pass_time()
    failed = business.again(wanted)
    assert (failed.state, failed.reason) == (ReminderState.FAILED, "The phone could not be reached.")
    assert business.rows("SELECT 1 FROM bad_address") == []


def test_a_refusal_at_once_gives_way_too_and_opts_the_customer_out(business: PhoneBusiness) -> None:
    wanted = business.due_by("sms", "email")
    business.journey.sandbox.control(
        "twilio/answer", **{"from": MOBILE, "to": business.account().number, "body": "STOP"}
    )
    business.journey.run()
    assert business.again(wanted).reason_code == "fallback"
    assert [m.state for m in business.messages(wanted)] == [MessageState.FAILED]
    assert business.rows("SELECT channel, source FROM opt_out") == [("sms", "stop")]
    assert business.journey.inbox() == []


def test_a_customer_without_a_mobile_number_is_written_to_by_the_next_channel_today(
    business: PhoneBusiness,
) -> None:
    wanted = business.due_by("sms", "email")
    business.customer_with_phone(wanted, "+44 1632 960001")
    business.journey.run()
    assert (business.texts(), len(business.journey.inbox())) == ([], 1)
    assert business.again(wanted).channel_place == 1


def test_without_consent_nobody_is_texted(business: PhoneBusiness) -> None:
    wanted = business.due_by("sms")
    with business.ground.database.tenant(business.tenant_id) as session:
        phone_setup.state_basis(
            session, ConsentBasis.EACH, user_id=business.tenant_id, now=business.ground.clock.now()
        )
    business.journey.run()
    assert business.texts() == []
    assert business.state(wanted) is ReminderState.HELD


def test_whatsapp_sends_an_approved_text_filled_in(business: PhoneBusiness) -> None:
    with business.ground.database.tenant(business.tenant_id) as session:
        phone_setup.ask_for_whatsapp(session, now=business.ground.clock.now())
    business.journey.run()
    business.journey.sandbox.advance(seconds=600)
    phone_senders.see_through(business.ground, business.tenant_id)
    assert business.account().whatsapp_state == SenderState.READY
    assert {s for (s,) in business.rows("SELECT status FROM phone_template")} == {"approved"}
    business.journey.sandbox.control(f"twilio/phones/{MOBILE}", reads=True)
    wanted = business.due_by("whatsapp")
    business.journey.run()
    (text,) = business.texts()
    assert text["to"] == f"whatsapp:{MOBILE}"
    assert text["content_sid"]
    business.pass_time(120)
    (message,) = business.messages(wanted)
    assert message.delivery is Delivery.READ


@pytest.mark.parametrize("fault", ["drop", "garbage", "500"])
def test_an_outcome_nobody_knows_is_looked_up_and_nothing_leaves_twice(
    business: PhoneBusiness, fault: str
) -> None:
    wanted = business.due_by("sms", "email")
    business.journey.sandbox.fault("twilio", fault, match="POST")
    business.journey.run()
    for _ in range(3):
        business.journey.lapse_leases()
        business.journey.run()
    assert len(business.texts()) == 1
    assert business.state(wanted) is ReminderState.SENT
    assert business.journey.inbox() == []


def test_a_callback_settles_what_nobody_knew_by_its_marker(business: PhoneBusiness) -> None:
    wanted = business.due_by("sms", "email")
    business.journey.sandbox.fault("twilio", "drop", match="POST")
    business.journey.sandbox.fault("twilio", "503", match="GET")
    business.journey.run()
    assert business.state(wanted) is ReminderState.UNKNOWN
    business.pass_time()
    (message,) = business.messages(wanted)
    assert (message.state, message.delivery) == (MessageState.SENT, Delivery.DELIVERED)
    assert business.state(wanted) is ReminderState.SENT
    assert len(business.texts()) == 1


def test_a_busy_provider_is_asked_again_later_with_one_text_in_the_end(business: PhoneBusiness) -> None:
    wanted = business.due_by("sms", "email")
    business.journey.sandbox.fault("twilio", "429", match="POST")
    business.journey.run()
    assert business.again(wanted).reason_code == "try_again"
    business.journey.sandbox.advance(seconds=120)
    business.journey.run()
    assert (len(business.texts()), business.state(wanted)) == (1, ReminderState.SENT)


def test_a_lost_callback_is_made_up_for_by_asking(business: PhoneBusiness) -> None:
    wanted = business.due_by("sms", "email")
    business.journey.run()
    business.journey.sandbox.fault("twilio", "webhook-lost", times=3)
    business.journey.sandbox.advance(seconds=900)
    with business.ground.database.platform() as session:
        ask_to_look(session, business.tenant_id, now=business.ground.clock.now())
    business.journey.run()
    (message,) = business.messages(wanted)
    assert message.delivery is Delivery.DELIVERED
