"""SNS's part: messages signed with a key of our own making, posted over HTTP and repeated as SNS repeats them.

docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html: 3 repeats at once, 2 after a second, 10 with
growing pauses, 35 after 20 seconds each.
"""

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from sandbox.clock import Clock
from sandbox.ses.events import moment
from sandbox.settings import SandboxSettings
from sandbox.webhooks import WebhookSender

CERTIFICATE_PATH = "/ses/sns/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
_RETRIES = tuple(
    timedelta(seconds=seconds)
    for seconds in (*(0,) * 3, *(1,) * 2, *(min(2**turn, 20) for turn in range(10)), *(20,) * 35)
)
_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


class Publisher:
    """Signs and posts to the one subscriber there is."""

    def __init__(self, settings: SandboxSettings, clock: Clock, webhooks: WebhookSender) -> None:
        self._settings, self._clock, self._webhooks = settings, clock, webhooks
        self.is_confirmed = True
        self.token = ""

    def notify(self, topic: str, content: str, *, name: str) -> None:
        """One notification; nothing while the subscription is not confirmed."""
        if self.is_confirmed:
            fields = {**self._common("Notification", topic), "Message": content}
            self._post({**fields, "UnsubscribeURL": f"{self._settings.public_url}/ses/sns/leave"}, name)

    def ask_to_confirm(self, topic: str) -> None:
        """A subscription made anew: silence until its address is visited."""
        self.is_confirmed, self.token = False, uuid4().hex
        confirm = f"{self._settings.public_url}/ses/sns/confirm?Token={self.token}"
        fields = {
            **self._common("SubscriptionConfirmation", topic),
            "Message": f"You have chosen to subscribe to the topic {topic}.",
            "SubscribeURL": confirm,
            "Token": self.token,
        }
        self._post(fields, "subscription")

    def _common(self, kind: str, topic: str) -> dict[str, str]:
        return {
            "Type": kind,
            "MessageId": str(uuid4()),
            "TopicArn": topic,
            "Timestamp": moment(self._clock.now()),
        }

    def _post(self, fields: Mapping[str, str], name: str) -> None:
        version = str(self._settings.ses_signature_version)
        told = {
            **fields,
            "SignatureVersion": version,
            "Signature": sign(fields, version),
            "SigningCertURL": f"{self._settings.public_url}{CERTIFICATE_PATH}",
        }
        headers = {
            "Content-Type": "text/plain; charset=UTF-8",
            "User-Agent": "Amazon Simple Notification Service Agent",
            "x-amz-sns-message-type": fields["Type"],
            "x-amz-sns-message-id": fields["MessageId"],
            "x-amz-sns-topic-arn": fields["TopicArn"],
        }
        self._webhooks.send(
            vendor="ses",
            url=self._settings.ses_webhook_url,
            body=json.dumps(told).encode(),
            headers=lambda: headers,
            retry_after=_RETRIES,
            name=name,
            answer_within=15,
        )


def sign(fields: Mapping[str, str], version: str) -> str:
    """Over the names and values in their order, a line each; version 1 with SHA-1, version 2 with SHA-256."""
    names = _NOTIFICATION if fields["Type"] == "Notification" else _CONFIRMATION
    told = "".join(f"{name}\n{fields[name]}\n" for name in names if name in fields)
    algorithm = SHA1() if version == "1" else SHA256()  # noqa: S303 (what version 1 is made with)
    return base64.b64encode(_key().sign(told.encode(), PKCS1v15(), algorithm)).decode()


@cache
def certificate() -> bytes:
    """The certificate that belongs to the key, in PEM."""
    key = _key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1))  # noqa: DTZ001 (certificates are in UTC without saying so)
        .not_valid_after(datetime(2056, 1, 1))  # noqa: DTZ001
        .sign(key, SHA256())
    )
    return made.public_bytes(Encoding.PEM)


@cache
def _key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)
