"""Xero's webhooks: is the body Xero's, and what does it hint at. Pure.

The signature is base64(HMAC-SHA256(raw body, webhook key)) in `x-xero-signature`
(developer.xero.com, webhooks/configuring-your-server). The intent-to-receive probe is a body without events
and takes the same way.
"""

import base64
import hashlib
import hmac

import msgspec
from msgspec import Raw, Struct, field

from app.connectors.base import ChangeNotice, ForgedWebhook

SIGNATURE_HEADER = "x-xero-signature"
_LONGEST_KEY = 500  # of an honest event, about 120


class _Event(Struct):
    """One event of a webhook. A row with anything missing is not ours to understand."""

    organisation: str = field(name="tenantId")
    record: str = field(name="resourceId")
    category: str = field(name="eventCategory")
    kind: str = field(name="eventType")
    at: str = field(name="eventDateUtc")


class _Body(Struct):
    events: list[Raw] = field(default_factory=list)


def verify(body: bytes, header: str, key: str) -> None:
    """Raises ForgedWebhook unless the signature fits the body."""
    expected = base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest())
    if not hmac.compare_digest(expected, header.encode("utf-8", "replace")):
        raise ForgedWebhook


def parse(body: bytes) -> list[ChangeNotice]:
    """The events we understand, whatever their category. A sweep finds what the others would have told."""
    try:
        events = msgspec.json.decode(body, type=_Body).events
    except (ValueError, RecursionError):
        return []
    return [notice for raw in events if (notice := _notice(raw)) is not None]


def _notice(raw: Raw) -> ChangeNotice | None:
    try:
        event = msgspec.json.decode(raw, type=_Event)
    except (ValueError, RecursionError):
        return None
    # Sequence numbers start again when a webhook is set up anew; these five are the event itself.
    key = ":".join((event.organisation, event.category, event.record, event.kind, event.at))
    if len(key) > _LONGEST_KEY or "\0" in key:
        return None
    return ChangeNotice(
        external_key=key,
        organisation=event.organisation.lower(),
        resource=event.category,
        record=event.record.lower(),
    )
