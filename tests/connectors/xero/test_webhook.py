"""Is a webhook Xero's, and what does it hint at."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from app.connectors.base import ForgedWebhook
from app.connectors.xero.webhook import parse, verify

KEY = "a-webhook-key"
EVENT = {
    "resourceUrl": "https://api.xero.com/api.xro/2.0/Invoices/717f2bfc-c6d4-41fd-b238-3f2f0c0cf777",
    "resourceId": "717F2BFC-c6d4-41fd-b238-3f2f0c0cf777",
    "eventDateUtc": "2026-06-21T01:15:39.902",
    "eventType": "UPDATE",
    "eventCategory": "INVOICE",
    "tenantId": "C2CC9B6E-9458-4c7d-93cc-f02b81b0594f",
    "tenantType": "ORGANISATION",
}


def signed(body: bytes, key: str = KEY) -> str:
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


def body_of(*events: Any) -> bytes:
    return json.dumps(
        {"events": events, "firstEventSequence": 1, "lastEventSequence": 1, "entropy": "x"}
    ).encode()


def test_the_right_signature_passes() -> None:
    verify(body_of(EVENT), signed(body_of(EVENT)), KEY)


@pytest.mark.parametrize("header", ["", "x", "é", signed(b"other"), signed(body_of(EVENT), "another-key")])
def test_any_other_signature_is_forged(header: str) -> None:
    with pytest.raises(ForgedWebhook):
        verify(body_of(EVENT), header, KEY)


def test_an_event_becomes_a_notice_in_our_spelling() -> None:
    [notice] = parse(body_of(EVENT))
    assert notice.organisation == "c2cc9b6e-9458-4c7d-93cc-f02b81b0594f"
    assert (notice.resource, notice.record) == ("INVOICE", "717f2bfc-c6d4-41fd-b238-3f2f0c0cf777")


def test_the_same_event_has_the_same_key_and_a_later_one_another() -> None:
    later = {**EVENT, "eventDateUtc": "2026-06-21T01:15:40.000"}
    [first], [again], [other] = parse(body_of(EVENT)), parse(body_of(EVENT)), parse(body_of(later))
    assert first.external_key == again.external_key != other.external_key


def test_unknown_categories_are_taken_and_incomplete_events_left_out() -> None:
    incomplete = {"eventCategory": "INVOICE"}
    endless, unstorable = {**EVENT, "resourceId": "x" * 3000}, {**EVENT, "resourceId": "a\0b"}
    prepayment = {**EVENT, "eventCategory": "PREPAYMENT"}
    notices = parse(body_of(incomplete, prepayment, "nonsense", None, endless, unstorable))
    assert [notice.resource for notice in notices] == ["PREPAYMENT"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"events": null}',
        b'{"events":[],"entropy":"S0m3"}',
        b"\xff",
        pytest.param(b'{"events":' + b"[" * 100_000 + b"]" * 100_000 + b"}", id="nested"),
    ],
)
def test_a_body_without_events_hints_at_nothing(body: bytes) -> None:
    assert parse(body) == []
