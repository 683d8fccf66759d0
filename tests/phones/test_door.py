"""The door for Twilio's machines: proves over the public address, stores ids once, answers at once."""

from urllib.parse import urlencode

from app.models import Delivery, InboundEvent, ReminderState
from app.reminders.phone_accounts import TOKEN_COLUMN
from tests.phones.business import MOBILE, PhoneBusiness


def test_forged_nameless_and_oversize_callbacks_are_turned_away_and_nothing_is_kept(
    business: PhoneBusiness,
) -> None:
    post = business.client.post
    account = business.account().account_sid
    fields = {"AccountSid": account, "MessageSid": "SM1", "MessageStatus": "delivered"}
    assert post("/webhooks/twilio/status", data=fields).status_code == 403
    forged = post("/webhooks/twilio/status", data=fields, headers={"X-Twilio-Signature": "ÿ"})
    assert forged.status_code == 403
    assert post("/webhooks/twilio/status", data={"AccountSid": "AC-none"}).status_code == 403
    assert post("/webhooks/twilio/status", data={"AccountSid": "AC\0"}).status_code == 403
    assert post("/webhooks/twilio/status", data=b"\xff\xfe").status_code == 403
    assert post("/webhooks/twilio/inbound", data=b"x" * 300_000).status_code == 413
    with business.ground.database.platform() as session:
        assert session.query(InboundEvent).filter_by(source="twilio").all() == []


def test_receipts_twice_and_in_any_order_end_the_same_way(business: PhoneBusiness) -> None:
    wanted = business.due_by("sms", "email")
    business.journey.run()
    business.journey.sandbox.advance(seconds=10)
    told = business.receiver.wait_for(f"/webhooks/twilio/status?m={business.messages(wanted)[0].id}", 3)
    for one in [*reversed(told), *told]:
        assert business.bring(one) == 204
    business.journey.run()
    (message,) = business.messages(wanted)
    assert message.delivery is Delivery.DELIVERED
    with business.ground.database.platform() as session:
        events = session.query(InboundEvent).filter_by(source="twilio").all()
    assert len(events) == 2
    assert all(event.handled_at for event in events)
    assert MOBILE not in " ".join(f"{e.subject} {e.external_key}" for e in events)


def test_a_callback_signed_for_another_marker_is_forged(business: PhoneBusiness) -> None:
    wanted = business.due_by("sms", "email")
    business.journey.run()
    business.journey.sandbox.advance(seconds=10)
    path = f"/webhooks/twilio/status?m={business.messages(wanted)[0].id}"
    (one, *_) = business.receiver.wait_for(path, 1)
    headers = {
        "X-Twilio-Signature": one.headers["X-Twilio-Signature"],
        "Content-Type": one.headers["Content-Type"],
    }
    other = f"/webhooks/twilio/status?{urlencode({'m': 'other'})}"
    assert business.client.post(other, data=one.body, headers=headers).status_code == 403


def test_a_receipt_that_comes_after_the_next_channel_had_its_turn_is_only_kept(
    business: PhoneBusiness,
) -> None:
    wanted = business.due_by("sms", "email")
    business.journey.sandbox.control(f"twilio/phones/{MOBILE}", fate=30003)
    business.journey.run()
    business.pass_time()
    business.journey.next_morning()
    business.journey.run()
    assert len(business.journey.inbox()) == 1
    first = business.messages(wanted)[0]
    for one in business.receiver.at(f"/webhooks/twilio/status?m={first.id}"):
        business.bring(one)
    business.journey.run()
    assert business.state(wanted) is ReminderState.SENT
    assert len(business.journey.inbox()) == 1


def test_stop_and_start_are_obeyed_and_words_are_kept_as_a_reply_that_pauses(business: PhoneBusiness) -> None:
    wanted = business.due_by("sms", "email")
    business.journey.run()
    business.pass_time()
    business.write_back("Stop.")
    assert business.rows("SELECT customer_id, channel, source FROM opt_out") == [
        (wanted.customer_id, "sms", "stop")
    ]
    business.write_back("START")
    assert business.rows("SELECT 1 FROM opt_out") == []
    assert business.rows("SELECT channel, source FROM consent WHERE withdrawn_at IS NULL") == [
        ("sms", "message")
    ]
    business.write_back("I paid last week")
    assert business.rows("SELECT customer_id, channel FROM reply") == [(wanted.customer_id, "sms")]
    assert business.rows("SELECT kind FROM hold WHERE lifted_at IS NULL") == [("replied",)]


def test_words_from_a_number_nobody_has_change_nothing(business: PhoneBusiness) -> None:
    business.write_back("Who is this?", sender="+447911999999")
    assert business.rows("SELECT 1 FROM reply") == []
    assert business.rows("SELECT 1 FROM opt_out") == []


def test_a_stop_that_the_provider_will_not_show_now_is_obeyed_once_it_does(business: PhoneBusiness) -> None:
    wanted = business.due_by("sms", "email")
    business.journey.run()
    business.pass_time()
    account = business.account()
    answer = {"from": MOBILE, "to": account.number, "body": "STOP"}
    business.journey.sandbox.control("twilio/answer", **answer)
    business.journey.sandbox.advance(seconds=10)
    assert set(business.carry()) == {204}
    with business.ground.database.tenant(business.tenant_id) as session:
        wrong = business.ground.sealer(session).seal("another", column=TOKEN_COLUMN, row=account.id)
    change = "UPDATE phone_account SET token_sealed = :token"
    business.journey.change(change, token=wrong)
    business.journey.run()
    assert business.rows("SELECT 1 FROM opt_out") == []
    business.journey.change(change, token=account.token_sealed)
    business.journey.sandbox.advance(seconds=3600)
    business.journey.run()
    assert business.rows("SELECT customer_id, channel, source FROM opt_out") == [
        (wanted.customer_id, "sms", "stop")
    ]
