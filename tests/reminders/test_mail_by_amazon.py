"""Mail by Amazon from the reminder to what becomes of it: delivered, come back, complained of, unknown, answered."""

import base64
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest

from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import Reminder
from app.reminders.reply_forwarding import forward
from app.tasks import kinds, lease
from app.tasks.lease import LeaseLost
from app.web.application import create_app
from tests.reminders.by_amazon import DOOR, ByAmazon, begin_by_amazon
from tests.reminders.test_kills import waiting_task
from tests.sandbox.client import SandboxClient
from tests.sandbox.receiver import Receiver


@pytest.fixture
def amazon(
    make_settings: Callable[..., Settings],
    sandbox_ground: Ground,
    sandbox: SandboxClient,
    receiver: Receiver,
) -> Iterator[ByAmazon]:
    begun = begin_by_amazon(make_settings, sandbox_ground.settings, sandbox, receiver)
    yield begun
    receiver.forget()
    begun.ground.database.close()


def _fate(amazon: ByAmazon, fate: str) -> Reminder:
    """One reminder on its way to an address with this fate."""
    amazon.sandbox.control("ses/fate", fate=fate)
    return amazon.send_one()


def test_a_mail_that_was_delivered_is_known_as_such(amazon: ByAmazon) -> None:
    reminder = amazon.send_one()
    assert amazon.message(reminder)[0] == "sent"
    amazon.sandbox.advance(seconds=2)
    amazon.hear("delivery")
    assert amazon.message(reminder) == ("sent", "delivered", None)


def test_a_mail_that_came_back_for_good_ends_mails_to_that_address(amazon: ByAmazon) -> None:
    reminder = _fate(amazon, "gone")
    amazon.sandbox.advance(seconds=2)
    amazon.hear("permanent bounce")
    assert amazon.message(reminder) == ("sent", "bounced", "5.1.1")
    assert amazon.count("bad_address", "mended_at IS NULL") == 1
    ((state, reason),) = amazon.journey.rows(
        "SELECT state, reason FROM reminder WHERE id = :id", id=reminder.id
    )
    assert state == "failed"
    assert "Put another one into the ledger" in reason


def test_a_full_mailbox_is_told_and_spoils_nothing(amazon: ByAmazon) -> None:
    reminder = _fate(amazon, "full")
    amazon.sandbox.advance(seconds=2)
    amazon.hear("transient bounce")
    assert amazon.message(reminder) == ("sent", "undelivered", "4.2.2")
    assert amazon.count("bad_address") == 0


def test_a_delay_changes_nothing_and_the_delivery_after_it_counts(amazon: ByAmazon) -> None:
    reminder = _fate(amazon, "slow")
    amazon.sandbox.advance(seconds=2)
    amazon.hear("delay")
    assert amazon.message(reminder) == ("sent", None, None)
    amazon.sandbox.advance(seconds=3700)
    amazon.hear("delivery")
    assert amazon.message(reminder)[1] == "delivered"


def test_a_complaint_is_a_wish_for_no_more_mails(amazon: ByAmazon) -> None:
    reminder = _fate(amazon, "complaint")
    amazon.sandbox.advance(seconds=2)
    amazon.hear("delivery")
    amazon.sandbox.advance(seconds=3700)
    amazon.hear("complaint")
    assert amazon.message(reminder) == ("sent", "complained", "abuse")
    assert amazon.journey.rows("SELECT customer_id, channel, source FROM opt_out") == [
        (reminder.customer_id, "email", "complaint")
    ]


def test_an_address_that_turns_out_to_be_gone_after_the_delivery_is_gone(amazon: ByAmazon) -> None:
    reminder = _fate(amazon, "gone later")
    amazon.sandbox.advance(seconds=2)
    amazon.hear("delivery")
    amazon.sandbox.advance(seconds=3700)
    amazon.hear("permanent bounce")
    assert amazon.message(reminder)[1] == "bounced"


def test_an_answer_that_was_lost_is_settled_by_what_amazon_tells(amazon: ByAmazon) -> None:
    amazon.sandbox.fault("ses", "drop")
    reminder = amazon.send_one()
    amazon.hear("send")
    assert amazon.message(reminder)[0] == "sent"
    assert amazon.count("message") == 1
    assert amazon.count("reminder", "state = 'sent'") == 1


def test_a_line_cut_before_amazon_took_it_stays_unknown_and_is_not_repeated(amazon: ByAmazon) -> None:
    amazon.sandbox.fault("ses", "drop-before")
    reminder = amazon.send_one()
    amazon.journey.lapse_leases()
    amazon.journey.run()
    assert amazon.message(reminder)[0] == "unknown"
    assert amazon.journey.inbox() == []


def test_events_told_twice_lost_and_in_another_order_come_to_the_same(amazon: ByAmazon) -> None:
    amazon.sandbox.fault("ses", "webhook-duplicate", times=3)
    amazon.sandbox.fault("ses", "webhook-reorder", times=1)
    reminder = _fate(amazon, "complaint")
    amazon.sandbox.advance(seconds=2)
    amazon.hear("delivery")
    amazon.sandbox.advance(seconds=3700)
    amazon.hear("complaint")
    assert amazon.message(reminder)[1] == "complained"
    assert amazon.count("opt_out") == 1
    assert amazon.count("mail_event") == len(set(amazon.told()))


def test_a_subscription_is_confirmed_by_itself(amazon: ByAmazon) -> None:
    amazon.sandbox.control("ses/subscribe", anew=True)
    amazon.hear("subscription")
    assert amazon.sandbox.control("ses/subscribe")["confirmed"]


def test_a_stranger_s_message_is_refused_and_leaves_nothing(amazon: ByAmazon) -> None:
    door = amazon.door.test_client()
    for body in (b"", b"{}", b'{"Type":"Notification"}', b"\xff" * 100):
        answer = door.post(DOOR, data=body)
        assert answer.status_code == 403
        assert "Set-Cookie" not in answer.headers
    assert door.post(DOOR, data=b"x" * 3_000_000).status_code == 413
    assert amazon.count("mail_event") == 0


def test_without_topics_there_is_no_door(ground: Ground) -> None:
    assert create_app(ground).test_client().post(DOOR, data=b"{}").status_code == 404


def test_an_answer_holds_the_customer_and_reaches_the_business(amazon: ByAmazon) -> None:
    reminder = amazon.send_one()
    to = amazon.reply_address(reminder)
    assert to.endswith("@reply.duemate.example")
    assert str(reminder.id) not in to
    amazon.receive(to.upper(), "Paid yesterday.\n\n> Invoice INV-1", subject="Re: your invoice")
    amazon.hear("received")
    assert amazon.count("hold", "kind = 'replied' AND lifted_at IS NULL") == 1
    (mail,) = amazon.forwarded()
    assert mail["subject"] == "Re: your invoice"
    assert "Paid yesterday." in mail["text"]
    assert "payer@customer.example" in dict(mail["headers"])["Reply-To"]
    assert amazon.journey.rows("SELECT kind, forward_state, raw_sealed FROM reply") == [
        ("written", "sent", None)
    ]
    ((text_sealed,),) = amazon.journey.rows("SELECT text_sealed FROM reply")
    assert b"Paid yesterday" not in bytes(text_sealed)


def test_an_answer_told_twice_is_one(amazon: ByAmazon) -> None:
    to = amazon.reply_address(amazon.send_one())
    amazon.sandbox.fault("ses", "webhook-duplicate")
    amazon.receive(to)
    amazon.hear("received")
    assert amazon.count("reply") == 1
    assert len(amazon.forwarded()) == 1


def test_an_out_of_office_note_holds_nobody_and_goes_nowhere(amazon: ByAmazon) -> None:
    to = amazon.reply_address(amazon.send_one())
    amazon.receive(to, raw=_raw("Auto-Submitted", "auto-replied"))
    amazon.hear("received")
    assert amazon.journey.rows("SELECT kind, forward_state FROM reply") == [("automatic", "not_wanted")]
    assert amazon.count("hold", "kind = 'replied'") == 0
    assert amazon.forwarded() == []


def test_a_mail_to_an_address_that_was_never_ours_is_passed_over(amazon: ByAmazon) -> None:
    amazon.send_one()
    for to in ("reply+" + "a" * 26 + "@reply.duemate.example", "office@reply.duemate.example", "x"):
        amazon.receive(to)
    amazon.hear("received")
    assert amazon.count("reply") == 0


def test_a_suspicious_answer_is_told_without_its_original(amazon: ByAmazon) -> None:
    to = amazon.reply_address(amazon.send_one())
    amazon.receive(to, virus="FAIL")
    amazon.hear("received")
    (mail,) = amazon.forwarded()
    assert "not attached" in mail["text"].replace("\r\n", " ").replace("\n", " ")
    assert "original.eml" not in amazon.sandbox.get(f"/mail/{mail['id']}").text


def test_a_mail_server_s_report_ends_mails_to_the_address_it_names(amazon: ByAmazon) -> None:
    reminder = amazon.send_one()
    address = amazon.mail(reminder)["to"][0]
    for failed, dead in (("somebody@else.example", 0), (address, 1)):
        before = amazon.told().count("received")
        report = REPORT.format(address=failed).replace("\n", "\r\n").encode()
        amazon.receive(amazon.reply_address(reminder), raw=base64.b64encode(report).decode(), **{"from": ""})
        amazon.hear_another("received", before=before)
        assert amazon.count("bad_address") == dead
    assert amazon.message(reminder)[1:] == ("bounced", "5.1.1")


def test_a_mail_server_that_is_away_delays_the_handing_on(amazon: ByAmazon) -> None:
    to = amazon.reply_address(amazon.send_one())
    amazon.sandbox.fault("ses", "429")
    amazon.receive(to)
    amazon.hear("received")
    assert amazon.journey.rows("SELECT forward_state FROM reply") == [("waiting",)]
    amazon.sandbox.advance(seconds=120)
    amazon.journey.run()
    assert amazon.journey.rows("SELECT forward_state FROM reply") == [("sent",)]
    assert len(amazon.forwarded()) == 1


REPORT = """From: Mail Delivery <mailer-daemon@mx.customer.example>
Subject: Undelivered Mail
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1

--b--
"""


def _raw(name: str, value: str) -> str:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail[name] = "payer@customer.example", "Away until Monday", value
    mail.set_content("I am away.")
    return base64.b64encode(mail.as_bytes()).decode()


def test_a_worker_that_slept_through_its_lease_hands_no_answer_on(amazon: ByAmazon) -> None:
    ground, journey = amazon.ground, amazon.journey
    to = amazon.reply_address(amazon.send_one())
    amazon.sandbox.fault("ses", "429")
    amazon.receive(to)
    amazon.hear("received")
    amazon.sandbox.advance(seconds=120)
    ((reply_id,),) = journey.rows("SELECT id FROM reply")
    task_id = waiting_task(journey, kinds.FORWARD_REPLY)
    with ground.database.platform() as session:
        assert lease.claim(session, task_id, owner="asleep", now=ground.clock.now())

    def wake_up() -> None:
        journey.lapse_leases()
        journey.run()
        assert journey.rows("SELECT forward_state FROM reply") == [("unknown",)]
        with ground.database.platform() as session:
            lease.renew(session, task_id, owner="asleep")

    with pytest.raises(LeaseLost):
        forward(ground, journey.tenant_id, reply_id, renew=wake_up)
    assert amazon.forwarded() == []
    assert journey.rows("SELECT forward_state FROM reply") == [("unknown",)]
