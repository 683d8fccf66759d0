"""The stand-in for Amazon: what it refuses, what it tells, and how it signs."""

import base64
import json
from typing import Any

import pytest
import requests

from tests.sandbox.client import SandboxClient, wait_until
from tests.sandbox.receiver import Receiver

KEY = {"Authorization": "AWS4-HMAC-SHA256 Credential=duemate-ses-local/20261120/eu-west-1/ses/aws4_request"}
RAW = b"From: reminders@duemate.example\r\nTo: a@customer.example\r\nMessage-ID: <own@x>\r\nSubject: Hi\r\n\r\nHi\r\n"


def wish(**changes: Any) -> dict[str, Any]:
    return {
        "FromEmailAddress": "Harbour <reminders@duemate.example>",
        "Destination": {"ToAddresses": ["a@customer.example"]},
        "Content": {"Raw": {"Data": base64.b64encode(RAW).decode()}},
        "EmailTags": [{"Name": "tenant", "Value": "t-1"}],
        "ConfigurationSetName": "duemate",
        **changes,
    }


def send(sandbox: SandboxClient, **changes: Any) -> requests.Response:
    return sandbox.post("/ses/v2/email/outbound-emails", wish(**changes), headers=KEY)


def told(receiver: Receiver, count: int) -> list[dict[str, Any]]:
    posted = [json.loads(one.body) for one in receiver.wait_for("/ses", count)]
    return [json.loads(one["Message"]) for one in posted if one["Type"] == "Notification"]


def test_a_mail_is_taken_under_amazons_own_id(sandbox: SandboxClient) -> None:
    message_id = send(sandbox).json()["MessageId"]
    (mail,) = sandbox.get("/mail/api/messages").json()
    assert mail["message_id"] == f"<{message_id}@eu-west-1.amazonses.com>"
    assert (mail["from"], mail["to"]) == ("reminders@duemate.example", ["a@customer.example"])


@pytest.mark.parametrize(
    ("changes", "status", "name"),
    [
        ({"FromEmailAddress": "x@other.example"}, 400, "MessageRejected"),
        ({"ConfigurationSetName": "other"}, 404, "NotFoundException"),
        ({"TenantName": "nobody"}, 404, "NotFoundException"),
        ({"EmailTags": [{"Name": "a b", "Value": "c"}]}, 400, "BadRequestException"),
        ({"Destination": {"ToAddresses": ["zoë@customer.example"]}}, 400, "BadRequestException"),
        ({"Destination": {}}, 400, "BadRequestException"),
        ({"Content": {"Raw": {"Data": "!"}}}, 400, "BadRequestException"),
        ({"Content": {"Raw": {"Data": base64.b64encode(b"no body").decode()}}}, 400, "BadRequestException"),
        ({"EmailTags": "x"}, 400, "BadRequestException"),
    ],
)
def test_what_amazon_would_refuse_is_refused(
    sandbox: SandboxClient, changes: dict[str, Any], status: int, name: str
) -> None:
    answer = send(sandbox, **changes)
    assert (answer.status_code, answer.headers["x-amzn-ErrorType"]) == (status, name)
    assert sandbox.get("/mail/api/messages").json() == []


def test_a_key_of_a_stranger_sends_nothing(sandbox: SandboxClient) -> None:
    for headers in ({}, {"Authorization": "AWS4-HMAC-SHA256 Credential=other/2026"}):
        assert sandbox.post("/ses/v2/email/outbound-emails", wish(), headers=headers).status_code == 403


def test_a_tenant_sends_only_by_what_it_is_associated_with(sandbox: SandboxClient) -> None:
    def make(path: str, **fields: str) -> int:
        return sandbox.post(f"/ses/v2/email/{path}", fields, headers=KEY).status_code

    assert make("tenants", TenantName="one") == 200
    assert make("tenants", TenantName="one") == 400
    assert send(sandbox, TenantName="one").status_code == 400
    owner = "arn:aws:ses:eu-west-1:111122223333"
    for resource in ("identity/duemate.example", "configuration-set/duemate"):
        assert make("tenants/resources", TenantName="one", ResourceArn=f"{owner}:{resource}") == 200
    assert send(sandbox, TenantName="one").status_code == 200


def test_events_follow_a_mail_with_its_tags(sandbox: SandboxClient, receiver: Receiver) -> None:
    send(sandbox)
    sandbox.advance(seconds=2)
    sent, delivered = told(receiver, 2)
    assert (sent["eventType"], delivered["eventType"]) == ("Send", "Delivery")
    assert delivered["mail"]["tags"]["tenant"] == ["t-1"]


def test_without_a_configuration_set_nothing_is_told(sandbox: SandboxClient, receiver: Receiver) -> None:
    fields = wish()
    del fields["ConfigurationSetName"]
    assert sandbox.post("/ses/v2/email/outbound-emails", fields, headers=KEY).status_code == 200
    sandbox.advance(seconds=2)
    assert receiver.at("/ses") == []


def test_an_address_that_bounced_is_suppressed_from_then_on(
    sandbox: SandboxClient, receiver: Receiver
) -> None:
    for _ in range(2):
        send(sandbox, Destination={"ToAddresses": ["bounce@simulator.amazonses.com"]})
        sandbox.advance(seconds=2)
    bounces = [one["bounce"]["bounceSubType"] for one in told(receiver, 4) if "bounce" in one]
    assert bounces == ["General", "OnAccountSuppressionList"]


def test_a_subscription_is_silent_until_it_is_confirmed(sandbox: SandboxClient, receiver: Receiver) -> None:
    sandbox.control("ses/subscribe", anew=True)
    (asked,) = receiver.wait_for("/ses", 1)
    send(sandbox)
    assert asked.headers["x-amz-sns-message-type"] == "SubscriptionConfirmation"
    assert requests.get(f"{sandbox.url}/ses/sns/confirm?Token=wrong", timeout=60).status_code == 400
    assert requests.get(json.loads(asked.body)["SubscribeURL"], timeout=60).status_code == 200
    sandbox.advance(seconds=2)
    assert [one["eventType"] for one in told(receiver, 2)] == ["Delivery"]
    assert sandbox.control("ses/subscribe")["confirmed"]


def test_mail_to_us_is_told_with_its_content(sandbox: SandboxClient, receiver: Receiver) -> None:
    sandbox.control("ses/receive", **{"to": "a@reply.duemate.example", "from": "b@c.example", "text": "Hi"})
    (received,) = told(receiver, 1)
    assert received["notificationType"] == "Received"
    assert b"Hi" in base64.b64decode(received["content"])


def test_a_mail_too_large_for_a_notification_comes_back(sandbox: SandboxClient) -> None:
    wishes = {"to": "a@reply.duemate.example", "from": "b@c.example", "text": "x" * 160_000}
    assert sandbox.post("/control/ses/receive", wishes).status_code == 400


def test_the_recipient_of_a_mail_can_answer_it_on_its_page(
    sandbox: SandboxClient, receiver: Receiver
) -> None:
    raw = RAW.replace(b"Subject", b"Reply-To: reply+x@reply.duemate.example\r\nSubject")
    send(sandbox, Content={"Raw": {"Data": base64.b64encode(raw).decode()}})
    assert "Answer" in sandbox.get("/mail/1").text
    sandbox.post("/mail/1/answer", data={"text": "Tomorrow."})
    received = wait_until(lambda: [one for one in told(receiver, 1) if "content" in one])
    words = base64.b64decode(received[0]["content"])
    assert b"Tomorrow." in words
    assert b"> Hi" in words
    assert received[0]["receipt"]["recipients"] == ["reply+x@reply.duemate.example"]


@pytest.mark.parametrize("wishes", [{"fate": "unheard of"}, {}])
def test_a_fate_that_nobody_knows_is_refused(sandbox: SandboxClient, wishes: dict[str, str]) -> None:
    assert sandbox.post("/control/ses/addresses/a@customer.example", wishes).status_code == 400
