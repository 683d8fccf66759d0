"""Mail that SES received for us, as its SNS action tells it.

docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html: the content comes as UTF-8 text or in
base64, as `receipt.action.encoding` says; what is larger than 150 KB never gets here.
"""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

import msgspec

_LONGEST_ID = 200
_DOUBTS = ("spamVerdict", "virusVerdict", "dmarcVerdict")


@dataclass(frozen=True, slots=True)
class Received:
    """One mail to us."""

    id: str
    recipients: tuple[str, ...] = field(repr=False)
    envelope_from: str = field(repr=False)
    """Empty for what mail servers write themselves."""
    raw: bytes = field(repr=False)
    is_suspicious: bool


def read_received(content: str) -> Received | None:
    """The mail, or None if this tells of something else or makes no sense."""
    try:
        told = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError):
        return None
    if not isinstance(told, dict) or told.get("notificationType") != "Received":
        return None
    mail, receipt = _part(told, "mail"), _part(told, "receipt")
    message_id, raw = _id(mail.get("messageId")), _content(told, _part(receipt, "action"))
    if message_id is None or raw is None:
        return None
    return Received(
        id=message_id,
        recipients=tuple(one for one in _list(receipt.get("recipients")) if isinstance(one, str)),
        envelope_from=_envelope_from(mail.get("source")),
        raw=raw,
        is_suspicious=any(_part(receipt, name).get("status") == "FAIL" for name in _DOUBTS),
    )


def _content(told: dict[str, Any], action: dict[str, Any]) -> bytes | None:
    content = told.get("content")
    if not isinstance(content, str):
        return None
    if action.get("encoding") != "BASE64":
        return content.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        return None


def _envelope_from(source: object) -> str:
    return source.strip().strip("<>") if isinstance(source, str) else ""


def _id(value: object) -> str | None:
    is_one = isinstance(value, str) and value.isprintable() and 0 < len(value) <= _LONGEST_ID
    return str(value) if is_one else None


def _part(told: dict[str, Any], name: str) -> dict[str, Any]:
    part = told.get(name)
    return part if isinstance(part, dict) else {}


def _list(values: object) -> list[Any]:
    return values if isinstance(values, list) else []
