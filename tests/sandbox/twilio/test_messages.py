"""Messages at the stand-in: taken, refused, carried, told."""

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl

import pytest

from sandbox.twilio.segments import segments
from tests.sandbox.client import SandboxClient
from tests.sandbox.receiver import Receiver
from tests.sandbox.twilio.client import (
    MAIN,
    MOBILE,
    TwilioClient,
    subaccount,
    template,
    with_number,
    with_whatsapp,
)


@pytest.fixture
def account(sandbox: SandboxClient) -> TwilioClient:
    return subaccount(sandbox)


def test_a_text_walks_to_delivered_and_each_state_is_told_signed_over_the_whole_address(
    account: TwilioClient, receiver: Receiver
) -> None:
    service, number = with_number(account)
    url = f"{receiver.url}/twilio/status?m=one"
    sent = account.send(To=MOBILE, MessagingServiceSid=service, Body="Hello", StatusCallback=url).json()
    assert (sent["status"], sent["from"], sent["error_code"]) == ("accepted", number, None)
    account.sandbox.advance(seconds=10)
    assert account.message(sent["sid"])["status"] == "delivered"
    told = receiver.wait_for("/twilio/status?m=one", 3)
    fields = [dict(parse_qsl(one.body.decode())) for one in told]
    assert [one["MessageStatus"] for one in fields] == ["queued", "sent", "delivered"]
    for one, values in zip(told, fields, strict=True):
        signed = url + "".join(name + values[name] for name in sorted(values))
        wanted = hmac.new(account.token.encode(), signed.encode(), hashlib.sha1).digest()
        assert one.headers["X-Twilio-Signature"] == base64.b64encode(wanted).decode()


@pytest.mark.parametrize("code", [30003, 30005, 30006, 30007, 30008])
def test_what_a_carrier_does_not_deliver_ends_undelivered_with_its_code(
    account: TwilioClient, code: int
) -> None:
    service, _ = with_number(account)
    account.sandbox.control(f"twilio/phones/{MOBILE}", fate=code)
    sid = account.send(To=MOBILE, MessagingServiceSid=service, Body="Hello").json()["sid"]
    account.sandbox.advance(seconds=10)
    found = account.message(sid)
    assert (found["status"], found["error_code"]) == ("undelivered", code)


def test_stop_refuses_texts_from_this_account_s_service_until_start(account: TwilioClient) -> None:
    service, number = with_number(account)
    other = subaccount(account.sandbox, "Other")
    other_service, _ = with_number(other)
    account.sandbox.control("twilio/answer", **{"from": MOBILE, "to": number, "body": " stop "})
    assert account.code(To=MOBILE, MessagingServiceSid=service, Body="Hello") == 21610
    assert other.send(To=MOBILE, MessagingServiceSid=other_service, Body="Hello").status_code == 201
    account.sandbox.control("twilio/answer", **{"from": MOBILE, "to": number, "body": "START"})
    assert account.send(To=MOBILE, MessagingServiceSid=service, Body="Hello").status_code == 201


def test_what_can_be_seen_to_be_wrong_is_refused_at_once(account: TwilioClient) -> None:
    service, _ = with_number(account)
    assert account.code(To="0790", MessagingServiceSid=service, Body="Hello") == 21211
    assert account.code(To="+15005550009", MessagingServiceSid=service, Body="Hello") == 21614
    assert account.code(To=MOBILE, MessagingServiceSid=service) == 21602
    assert account.code(To=MOBILE, Body="Hello") == 21603
    assert account.code(To=MOBILE, From="+447911999999", Body="Hello") == 21212
    assert account.code(To=MOBILE, MessagingServiceSid=service, Body="x" * 1601) == 21617
    account.sandbox.control("twilio/countries/+44/close")
    assert account.code(To=MOBILE, MessagingServiceSid=service, Body="Hello") == 21408


@pytest.mark.parametrize(("kind", "code"), [("TollFree", 30032), ("Local", 30034)])
def test_an_american_number_reaches_nobody_before_it_is_registered(
    account: TwilioClient, kind: str, code: int
) -> None:
    service, number = with_number(account, "US", kind)
    first = account.send(To="+14155552671", MessagingServiceSid=service, Body="Hello").json()["sid"]
    account.sandbox.control(f"twilio/numbers/{number}/register")
    second = account.send(To="+14155552671", MessagingServiceSid=service, Body="Hello").json()["sid"]
    account.sandbox.advance(seconds=10)
    assert account.message(first)["error_code"] == code
    assert account.message(second)["status"] == "delivered"


def test_whatsapp_takes_an_approved_template_at_any_time_and_free_text_for_a_day_after_an_answer(
    account: TwilioClient,
) -> None:
    sender, to = with_whatsapp(account), f"whatsapp:{MOBILE}"
    content = template(account)
    filled = {"To": to, "From": sender, "ContentSid": content, "ContentVariables": '{"1": "Zoë", "2": "7"}'}
    early = account.send(**filled).json()["sid"]
    account.sandbox.advance(seconds=400)
    late, free = account.send(**filled).json(), account.send(To=to, From=sender, Body="Hello").json()
    account.sandbox.advance(seconds=10)
    assert account.message(early)["error_code"] == 63016
    assert late["body"] == "Hello Zoë, invoice 7 is due."
    assert account.message(late["sid"])["status"] == "delivered"
    assert account.message(free["sid"])["error_code"] == 63016
    account.sandbox.control("twilio/answer", **{"from": to, "to": sender, "body": "Thanks"})
    free = account.send(To=to, From=sender, Body="Hello").json()
    account.sandbox.advance(seconds=10)
    assert account.message(free["sid"])["status"] == "delivered"


def test_a_whatsapp_message_that_is_looked_at_ends_read(account: TwilioClient) -> None:
    sender, content = with_whatsapp(account), template(account)
    account.sandbox.advance(seconds=400)
    account.sandbox.control(f"twilio/phones/{MOBILE}", reads=True)
    sent = account.send(
        To=f"whatsapp:{MOBILE}", From=sender, ContentSid=content, ContentVariables='{"1": "a", "2": "b"}'
    )
    account.sandbox.advance(seconds=120)
    assert account.message(sent.json()["sid"])["status"] == "read"


def test_variables_that_are_missing_empty_or_no_json_are_refused(account: TwilioClient) -> None:
    to, sender, content = f"whatsapp:{MOBILE}", with_whatsapp(account), template(account)
    for told in ("nonsense", "[]", '{"1": "a"}', '{"1": "a", "2": ""}', '{"1": "a", "2": "b\\nc"}'):
        assert account.code(To=to, From=sender, ContentSid=content, ContentVariables=told) == 21656


def test_a_template_with_a_variable_at_its_edge_is_rejected(account: TwilioClient) -> None:
    content = template(account, "Please pay {{1}}")
    account.sandbox.advance(seconds=400)
    approval = account.done("GET", f"/content/v1/Content/{content}/ApprovalRequests")["whatsapp"]
    assert (approval["status"], bool(approval["rejection_reason"])) == ("rejected", True)


def test_messages_are_listed_newest_first_page_by_page_and_by_recipient(account: TwilioClient) -> None:
    service, _ = with_number(account)
    for words in ("one", "two", "three"):
        account.send(To=MOBILE, MessagingServiceSid=service, Body=words)
    account.send(To="+447911123457", MessagingServiceSid=service, Body="other")
    path = account.books("Messages.json")
    page = account.done("GET", path, To=MOBILE, PageSize="2")
    assert [one["body"] for one in page["messages"]] == ["three", "two"]
    rest = account.done("GET", "/api" + page["next_page_uri"])
    assert ([one["body"] for one in rest["messages"]], rest["next_page_uri"]) == (["one"], None)


def test_an_account_sees_its_own_books_and_the_main_account_those_of_its_subaccounts(
    account: TwilioClient,
) -> None:
    service, _ = with_number(account)
    sid = account.send(To=MOBILE, MessagingServiceSid=service, Body="Hello").json()["sid"]
    main, other = TwilioClient(account.sandbox, *MAIN), subaccount(account.sandbox, "Other")
    assert main.call("GET", account.books(f"Messages/{sid}.json")).status_code == 200
    assert other.call("GET", account.books(f"Messages/{sid}.json")).status_code == 404
    wrong = TwilioClient(account.sandbox, account.sid, "wrong")
    assert wrong.call("GET", account.books("Messages.json")).json()["code"] == 20003


def test_a_suspended_account_sends_nothing(account: TwilioClient) -> None:
    service, _ = with_number(account)
    main = TwilioClient(account.sandbox, *MAIN)
    main.done("POST", f"/api/2010-04-01/Accounts/{account.sid}.json", Status="suspended")
    assert account.send(To=MOBILE, MessagingServiceSid=service, Body="Hello").status_code == 401


def test_a_limit_is_worded_as_twilio_words_it_and_nothing_is_done(account: TwilioClient) -> None:
    service, _ = with_number(account)
    account.sandbox.fault("twilio", "429")
    answer = account.send(To=MOBILE, MessagingServiceSid=service, Body="Hello")
    assert (answer.status_code, answer.json()["code"]) == (429, 20429)
    assert account.done("GET", account.books("Messages.json"))["messages"] == []


def test_the_page_shows_a_message_and_answers_it(account: TwilioClient) -> None:
    service, number = with_number(account)
    account.send(To=MOBILE, MessagingServiceSid=service, Body="Hello <b>Zoë</b>")
    page = account.sandbox.get("/twilio/phones").text
    assert MOBILE in page
    assert "&lt;b&gt;Zoë" in page
    fields = {"from": MOBILE, "to": number, "body": "STOP"}
    assert account.sandbox.session.post(f"{account.sandbox.url}/twilio/phones/answer", data=fields).ok
    assert account.code(To=MOBILE, MessagingServiceSid=service, Body="Hello") == 21610


@pytest.mark.parametrize(
    ("body", "count"), [("a" * 160, 1), ("a" * 161, 2), ("€" * 81, 2), ("ł" * 70, 1), ("ł" * 71, 2)]
)
def test_segments_are_counted_as_carriers_do(body: str, count: int) -> None:
    assert segments(body) == count
