"""Which messages are believed to be Amazon's."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, generate_private_key
from hypothesis import given
from hypothesis import strategies as st

from app.channels.email.sns import ForgedMessage, MessageKind, SnsMessage, Trust, read_message, signed_text
from app.channels.email.sns_certificates import Certificates, fetched
from app.kit.errors import Retryable
from tests.channels.sns_signing import CERTIFICATE, KEY, TOPIC, notification, signed
from tests.sandbox.client import SandboxClient

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
TRUST = Trust(topics={TOPIC})


def read(body: bytes, trust: Trust = TRUST) -> SnsMessage:
    asked: list[str] = []

    def key_of(url: str) -> RSAPublicKey:
        asked.append(url)
        return KEY.public_key()

    message = read_message(body, trust, key_of=key_of, now=NOW)
    assert asked == [CERTIFICATE]
    return message


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_signed_notification_is_believed(version: str) -> None:
    message = read(signed(notification("hello", at=NOW), version=version))
    assert (message.kind, message.topic, message.content) == (MessageKind.NOTIFICATION, TOPIC, "hello")
    assert message.told_at == NOW


def test_the_text_that_is_signed_is_amazons() -> None:
    """The very form of Amazon's own description: names and values, a line each, the subject only if there is one."""
    fields = notification("hello", at=NOW)
    assert signed_text(fields, MessageKind.NOTIFICATION) == (
        b"Message\nhello\nMessageId\n22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324\n"
        b"Subject\nAmazon SES Email Event Notification\nTimestamp\n2026-11-20T10:00:00.000Z\n"
        b"TopicArn\n" + TOPIC.encode() + b"\nType\nNotification\n"
    )
    del fields["Subject"]
    assert b"Subject" not in signed_text(fields, MessageKind.NOTIFICATION)


@pytest.mark.parametrize("changed", ["Message", "MessageId", "Subject", "Timestamp"])
def test_one_changed_field_is_a_forgery(changed: str) -> None:
    told = json.loads(signed(notification(at=NOW)))
    told[changed] = "2026-11-20T09:59:59.000Z" if changed == "Timestamp" else told[changed] + "x"
    with pytest.raises(ForgedMessage, match="signature"):
        read(json.dumps(told).encode())


def test_a_subject_that_was_not_signed_is_a_forgery() -> None:
    fields = notification(at=NOW)
    del fields["Subject"]
    told = json.loads(signed(fields)) | {"Subject": "added"}
    with pytest.raises(ForgedMessage, match="signature"):
        read(json.dumps(told).encode())


def test_another_key_is_a_forgery() -> None:
    stranger = generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(ForgedMessage, match="signature"):
        read(signed(notification(at=NOW), key=stranger))


@pytest.mark.parametrize(
    "address",
    [
        "http://sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.us-east-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem",
        "https://evil.example/sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem",
        "https://user@sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/a.pem",
        "https://sns.eu-west-1.amazonaws.com/a.html",
        "https://[::1/a.pem",
        "https://169.254.169.254/latest/a.pem",
        "",
    ],
)
def test_a_certificate_from_elsewhere_is_never_fetched(address: str) -> None:
    def never(_url: str) -> RSAPublicKey:
        raise AssertionError("the certificate was asked for")

    with pytest.raises(ForgedMessage):
        read_message(signed(notification(at=NOW, SigningCertURL=address)), TRUST, key_of=never, now=NOW)


def test_a_topic_of_somebody_else_is_a_forgery_though_amazon_signed_it() -> None:
    other = "arn:aws:sns:eu-west-1:999988887777:mail-events"
    with pytest.raises(ForgedMessage, match="not ours"):
        read(signed(notification(at=NOW, TopicArn=other)))


@pytest.mark.parametrize("age", [timedelta(days=31), timedelta(minutes=-16)])
def test_a_message_that_is_not_of_now_is_a_forgery(age: timedelta) -> None:
    with pytest.raises(ForgedMessage, match="not of now"):
        read(signed(notification(at=NOW - age)))


def test_one_that_amazon_tried_for_days_is_believed() -> None:
    assert read(signed(notification(at=NOW - timedelta(days=20)))).id


def test_a_subscription_leads_to_amazon_only() -> None:
    wanted = {"Type": "SubscriptionConfirmation", "Token": "t", "Message": "You have chosen"}
    address = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    message = read(signed(notification(at=NOW, **wanted, SubscribeURL=address)))
    assert (message.kind, message.subscribe_url) == (MessageKind.SUBSCRIPTION, address)
    with pytest.raises(ForgedMessage, match="not Amazon's"):
        read(signed(notification(at=NOW, **wanted, SubscribeURL="https://evil.example/")))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"Type":"Notification"}',
        json.dumps(notification(at=NOW)).encode(),
        json.dumps(notification(at=NOW) | {"SignatureVersion": "2", "Signature": "not base64"}).encode(),
        json.dumps(notification(at=NOW) | {"SignatureVersion": "3", "Signature": ""}).encode(),
        json.dumps(notification(at=NOW) | {"MessageId": ["a"]}).encode(),
        json.dumps(notification(at=NOW) | {"Type": "Something"}).encode(),
        json.dumps(notification(at=NOW) | {"Timestamp": "yesterday"}).encode(),
    ],
    ids=range(12),
)
def test_nonsense_is_a_forgery(body: bytes) -> None:
    with pytest.raises(ForgedMessage):
        read_message(body, TRUST, key_of=lambda _url: KEY.public_key(), now=NOW)


@given(st.dictionaries(st.sampled_from([*notification(at=NOW), "Signature", "SignatureVersion"]), st.text()))
def test_no_unsigned_message_is_ever_believed(changes: dict[str, str]) -> None:
    body = json.dumps(notification(at=NOW) | changes).encode()
    with pytest.raises(ForgedMessage):
        read_message(body, TRUST, key_of=lambda _url: KEY.public_key(), now=NOW)


def test_a_certificate_is_fetched_once(sandbox: SandboxClient) -> None:
    certificates = Certificates()
    url = f"{sandbox.url}/ses/sns/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
    assert certificates.key_of(url) is certificates.key_of(url)
    calls = sandbox.get("/control/counters").json()["calls"]
    assert sum(count for call, count in calls.items() if "SimpleNotificationService" in call) == 1


@pytest.mark.parametrize("path", ["/healthz", "/control/", "/nowhere.pem", "/"])
def test_what_is_no_certificate_is_none(sandbox: SandboxClient, path: str) -> None:
    with pytest.raises(ForgedMessage):
        Certificates().key_of(f"{sandbox.url}{path}")


def test_a_server_that_is_away_is_asked_again() -> None:
    with pytest.raises(Retryable):
        fetched("http://127.0.0.1:9/a.pem")
