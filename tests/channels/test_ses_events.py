"""What is read out of Amazon's events, and that nothing personal is."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channels.email.ses_events import MailFact, read_event
from app.channels.email.ses_inbound import read_received

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
TENANT, MARKER = UUID(int=7), UUID(int=8)


def event(kind: str, **parts: Any) -> str:
    mail = {
        "timestamp": "2026-11-20T09:00:00.000Z",
        "messageId": "0102018b-id",
        "destination": ["payer@customer.example"],
        "tags": {"tenant": [str(TENANT)], "marker": [str(MARKER)], "ses:source-ip": ["192.0.2.1"]},
    }
    return json.dumps({"eventType": kind, "mail": mail, **parts})


def bounce(kind: str, subtype: str = "General", **recipient: Any) -> str:
    at = "2026-11-20T09:00:05.000Z"
    told = {
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": [recipient],
        "timestamp": at,
    }
    return event("Bounce", bounce=told)


@pytest.mark.parametrize(
    ("content", "fact", "code"),
    [
        (event("Send", send={}), MailFact.TAKEN, None),
        (event("Delivery", delivery={"timestamp": "2026-11-20T09:00:05Z"}), MailFact.DELIVERED, None),
        (bounce("Permanent", status="5.1.1"), MailFact.BOUNCED, "5.1.1"),
        (bounce("Permanent", "OnAccountSuppressionList"), MailFact.BOUNCED, "OnAccountSuppressionList"),
        (bounce("Transient", "MailboxFull", status="4.2.2"), MailFact.NOT_DELIVERED, "4.2.2"),
        (bounce("Undetermined"), MailFact.NOT_DELIVERED, "General"),
        (
            event("Complaint", complaint={"complaintFeedbackType": "abuse"}),
            MailFact.COMPLAINED,
            "abuse",
        ),
        (event("Reject", reject={"reason": "Bad content"}), MailFact.NOT_DELIVERED, "rejected"),
    ],
)
def test_an_event_is_told_in_our_words(content: str, fact: MailFact, code: str | None) -> None:
    read = read_event(content, told_at=NOW)
    assert read is not None
    assert (read.tenant_id, read.marker, read.vendor_id) == (TENANT, MARKER, "0102018b-id")
    assert (read.fact, read.code) == (fact, code)
    assert read.happened_at <= NOW


def test_the_diagnosis_with_its_addresses_is_not_kept() -> None:
    read = read_event(bounce("Permanent", status="payer@customer.example"), told_at=NOW)
    assert read is not None
    assert read.code == "General"


@pytest.mark.parametrize(
    "content",
    [
        event("DeliveryDelay", deliveryDelay={}),
        event("Open", open={}),
        event("Something new"),
        json.dumps({"notificationType": "Bounce", "bounce": {}, "mail": {"messageId": "x"}}),
        "Successfully validated SNS topic for Amazon SES event publishing.",
        "[]",
        "null",
        "{",
        "[" * 100_000,
        json.dumps({"eventType": "Send", "mail": {"tags": {"tenant": ["x"], "marker": [str(MARKER)]}}}),
        json.dumps({"eventType": "Send", "mail": {"tags": {"tenant": [], "marker": 7}}}),
    ],
)
def test_what_is_not_about_a_mail_of_ours_is_passed_over(content: str) -> None:
    assert read_event(content, told_at=NOW) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.text() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.sampled_from(["Bounce", "Complaint", "Delivery", "Send", "Reject"]), JSON, JSON)
def test_no_event_can_break_the_reading(kind: str, part: Any, mail: Any) -> None:
    names = dict.fromkeys(("bounce", "complaint", "delivery"), part)
    whole = json.loads(event(kind)) | names
    read_event(json.dumps(whole), told_at=NOW)
    read_event(json.dumps(whole | {"mail": mail}), told_at=NOW)
    read_received(json.dumps({"notificationType": "Received", "mail": mail, "receipt": part, "content": ""}))


def received(**changes: Any) -> str:
    told: dict[str, Any] = {
        "notificationType": "Received",
        "mail": {"messageId": "abc", "source": "payer@customer.example"},
        "receipt": {
            "recipients": ["reply+a@reply.duemate.example"],
            "spamVerdict": {"status": "PASS"},
            "virusVerdict": {"status": "PASS"},
            "action": {"type": "SNS", "encoding": "BASE64"},
        },
        "content": "SGk=",
    }
    return json.dumps(told | changes)


def test_a_mail_to_us_is_told_with_its_bytes() -> None:
    read = read_received(received())
    assert read is not None
    assert (read.id, read.raw, read.envelope_from) == ("abc", b"Hi", "payer@customer.example")
    assert read.recipients == ("reply+a@reply.duemate.example",)
    assert not read.is_suspicious


def test_a_mail_as_text_is_taken_too() -> None:
    read = read_received(received(receipt={"action": {"encoding": "UTF8"}}, content="Zoë"))
    assert read is not None
    assert read.raw == "Zoë".encode()


@pytest.mark.parametrize("verdict", ["spamVerdict", "virusVerdict", "dmarcVerdict"])
def test_what_a_filter_doubts_is_suspicious(verdict: str) -> None:
    receipt = {verdict: {"status": "FAIL"}, "action": {"encoding": "BASE64"}}
    read = read_received(received(receipt=receipt))
    assert read is not None
    assert read.is_suspicious


@pytest.mark.parametrize("source", ["<>", "", None, 7])
def test_a_mail_of_a_mail_server_has_no_sender(source: object) -> None:
    read = read_received(received(mail={"messageId": "abc", "source": source}))
    assert read is not None
    assert read.envelope_from == ""


@pytest.mark.parametrize(
    "changes", [{"content": None}, {"content": "=="}, {"mail": {}}, {"mail": {"messageId": ""}}]
)
def test_a_mail_without_content_or_id_is_none(changes: dict[str, Any]) -> None:
    assert read_received(received(**changes)) is None
