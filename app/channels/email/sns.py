"""Messages of Amazon SNS over HTTP: are they Amazon's, and are they for us.

docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html: a message is signed with the key of a
certificate that it names; version 1 signs with SHA-1, version 2 with SHA-256. The certificate is believed because
of where it comes from, so it is fetched only from SNS's own hosts, and only for the region of a topic of ours.
"""

import base64
import binascii
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm

from app.kit.errors import DueMateError

# Deliveries are remembered for 35 days; what is older than this could be one that we have forgotten.
_OLDEST, _AHEAD = timedelta(days=30), timedelta(minutes=15)
_HASHES: Mapping[str, type[HashAlgorithm]] = {"1": SHA1, "2": SHA256}
_ARN = re.compile(r"arn:aws[a-z-]*:sns:([a-z0-9-]+):\d{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?")
_LONGEST_ID = 100


class ForgedMessage(DueMateError):
    """Not signed by Amazon, not for a topic of ours, not of now, or no such message at all."""


class MessageKind(StrEnum):
    """What SNS sends, by its own names."""

    NOTIFICATION = "Notification"
    SUBSCRIPTION = "SubscriptionConfirmation"
    UNSUBSCRIPTION = "UnsubscribeConfirmation"


_SIGNED: Mapping[MessageKind, tuple[str, ...]] = {
    MessageKind.NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    MessageKind.SUBSCRIPTION: (
        "Message",
        "MessageId",
        "SubscribeURL",
        "Timestamp",
        "Token",
        "TopicArn",
        "Type",
    ),
}


@dataclass(frozen=True, slots=True)
class SnsMessage:
    """A message that is surely Amazon's."""

    kind: MessageKind
    id: str
    topic: str
    told_at: datetime
    content: str
    subscribe_url: str | None
    """Where a subscription is confirmed; on a host of SNS's own."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What is believed: the topics that are ours, and hosts of a stand-in (development only)."""

    topics: Collection[str]
    stand_ins: Collection[str] = ()

    def region(self, topic: str) -> str:
        """The region of a topic of ours. Raises ForgedMessage for any other."""
        arn = _ARN.fullmatch(topic)
        if arn is None or topic not in self.topics:
            raise ForgedMessage("The message is of a topic that is not ours.")
        return arn[1]

    def checked(self, url: str, region: str) -> str:
        """The address if it is SNS's own in that region. Raises ForgedMessage."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ForgedMessage("The message names an address that is none.") from None
        if parts.netloc in self.stand_ins and parts.scheme == "http":
            return url
        hosts = (f"sns.{region}.amazonaws.com", f"sns.{region}.amazonaws.com.cn")
        if parts.scheme != "https" or parts.netloc not in hosts or port is not None:
            raise ForgedMessage("The message names an address that is not Amazon's.")
        return url


KeyOf = Callable[[str], RSAPublicKey]
"""The key of the certificate at an address that was checked."""


def read_message(body: bytes, trust: Trust, *, key_of: KeyOf, now: datetime) -> SnsMessage:
    """The message if it is Amazon's, for us and of now. Raises ForgedMessage; Retryable if the certificate's
    server is away."""
    fields = _fields(body)
    kind = _kind(fields)
    region = trust.region(fields.get("TopicArn", ""))
    told_at = _moment(fields.get("Timestamp", ""))
    if not now - _OLDEST <= told_at <= now + _AHEAD:
        raise ForgedMessage("The message is not of now.")
    certificate = trust.checked(fields.get("SigningCertURL", ""), region)
    if not urlsplit(certificate).path.endswith(".pem"):
        raise ForgedMessage("The message names a certificate that is none.")
    _verify(fields, kind, key_of(certificate))
    subscribe_url = fields.get("SubscribeURL")
    return SnsMessage(
        kind=kind,
        id=_id(fields),
        topic=fields["TopicArn"],
        told_at=told_at,
        content=fields.get("Message", ""),
        subscribe_url=trust.checked(subscribe_url, region) if subscribe_url else None,
    )


def signed_text(fields: Mapping[str, str], kind: MessageKind) -> bytes:
    """What the signature is made over: names and values of the fields that are there, a line each."""
    names = _SIGNED.get(kind, _SIGNED[MessageKind.SUBSCRIPTION])
    return "".join(f"{name}\n{fields[name]}\n" for name in names if name in fields).encode()


def _fields(body: bytes) -> dict[str, str]:
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise ForgedMessage("The message cannot be read.") from None
    if not isinstance(told, dict):
        raise ForgedMessage("The message has no fields.")
    return {name: value for name, value in told.items() if isinstance(value, str)}


def _kind(fields: Mapping[str, str]) -> MessageKind:
    try:
        return MessageKind(fields.get("Type", ""))
    except ValueError:
        raise ForgedMessage("The message is of no known kind.") from None


def _id(fields: Mapping[str, str]) -> str:
    message_id = fields.get("MessageId", "")
    if not message_id.isprintable() or not 0 < len(message_id) <= _LONGEST_ID:
        raise ForgedMessage("The message has no id.")
    return message_id


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ForgedMessage("The message tells no time.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _verify(fields: Mapping[str, str], kind: MessageKind, key: RSAPublicKey) -> None:
    algorithm = _HASHES.get(fields.get("SignatureVersion", ""))
    if algorithm is None:
        raise ForgedMessage("The message is signed in a way that is not known.")
    try:
        signature = base64.b64decode(fields.get("Signature", ""), validate=True)
        key.verify(signature, signed_text(fields, kind), PKCS1v15(), algorithm())
    except (binascii.Error, ValueError, InvalidSignature):
        raise ForgedMessage("The message's signature is not Amazon's.") from None
