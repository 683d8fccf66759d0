"""Intuit's webhooks: is the body Intuit's, and what does it hint at. Pure.

The signature is base64(HMAC-SHA256(raw body, verifier token)) in `intuit-signature`. The body is an array of
CloudEvents, each about a company of its own; until 2026-07-31 it could also be the older object, which names each
company once (Intuit's blog, 2025-11-12). Events come in any order and more than once.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec
from msgspec import Struct, field

from app.connectors.base import ChangeNotice, ForgedWebhook

_T = TypeVar("_T")
SIGNATURE_HEADER = "intuit-signature"
_LONGEST = 500  # of all that is kept of an event; an honest one has about 100 characters


class _CloudEvent(Struct):
    """`type` is `qbo.<entity>.<operation>.v1`."""

    id: str
    type: str
    organisation: str = field(name="intuitaccountid")
    record: str = field(name="intuitentityid")


class _OlderEvent(Struct):
    record: str = field(name="id")
    operation: str
    entity: str = field(name="name")
    at: str = field(name="lastUpdated")


class _OlderEvents(Struct):
    entities: list[msgspec.Raw]


class _OlderNotification(Struct):
    organisation: str = field(name="realmId")
    changes: _OlderEvents = field(name="dataChangeEvent")


class _OlderBody(Struct):
    notifications: list[msgspec.Raw] = field(name="eventNotifications")


_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_cloud_event = msgspec.json.Decoder(_CloudEvent).decode
_decode_older_body = msgspec.json.Decoder(_OlderBody).decode
_decode_older_notification = msgspec.json.Decoder(_OlderNotification).decode
_decode_older_event = msgspec.json.Decoder(_OlderEvent).decode


def verify(body: bytes, header: str, key: str) -> None:
    """Raises ForgedWebhook unless the signature fits the body."""
    expected = base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest())
    if not hmac.compare_digest(expected, header.encode("utf-8", "replace")):
        raise ForgedWebhook


def parse(body: bytes) -> list[ChangeNotice]:
    """The events we understand, whatever their entity. A sweep finds what the others would have told."""
    raws = _read(body, _decode_list)
    found = _older(body) if raws is None else map(_notice, raws)
    return [notice for notice in found if notice is not None]


def _notice(raw: msgspec.Raw) -> ChangeNotice | None:
    event = _read(raw, _decode_cloud_event)
    parts = event.type.split(".") if event else []
    if event is None or len(parts) < 3 or parts[0] != "qbo":
        return None
    return _sane(ChangeNotice(event.id, event.organisation, resource=parts[1], record=event.record))


def _older(body: bytes) -> Iterator[ChangeNotice | None]:
    told = _read(body, _decode_older_body)
    for raw in told.notifications if told else []:
        notification = _read(raw, _decode_older_notification)
        for raw_event in notification.changes.entities if notification else []:
            event = _read(raw_event, _decode_older_event)
            if notification is not None and event is not None:
                yield _older_notice(notification.organisation, event)


def _older_notice(organisation: str, event: _OlderEvent) -> ChangeNotice | None:
    # These events have no id of their own.
    key = ":".join((organisation, event.entity, event.record, event.operation, event.at))
    return _sane(ChangeNotice(key, organisation, resource=event.entity.lower(), record=event.record))


def _sane(notice: ChangeNotice) -> ChangeNotice | None:
    """None for what cannot be kept: parts that are empty or endless, and zero bytes."""
    parts = (notice.external_key, notice.organisation, notice.resource, notice.record)
    is_sane = all(parts) and sum(map(len, parts)) <= _LONGEST and not any("\0" in part for part in parts)
    return notice if is_sane else None


def _read(raw: bytes | msgspec.Raw, decode: Callable[[bytes | msgspec.Raw], _T]) -> _T | None:
    try:
        return decode(raw)
    except (ValueError, RecursionError):
        return None
