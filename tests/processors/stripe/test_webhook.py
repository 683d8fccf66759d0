import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe

from app.processors.base import ForgedEvent
from app.processors.stripe.webhook import read_webhook

NOW = datetime(2031, 3, 1, 12, tzinfo=UTC)
SECRET = "whsec_of_a_test"
SNAPSHOT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "type": "charge.updated",
    "created": int(NOW.timestamp()),
    "livemode": False,
    "account": "acct_1",
    "data": {"object": {"id": "ch_1", "object": "charge", "payment_intent": "pi_1"}},
}
THIN: dict[str, Any] = {
    "id": "evt_2",
    "object": "v2.core.event",
    "type": "v2.core.account[configuration.merchant].capability_status_updated",
    "created": "2031-03-01T12:00:00.000Z",
    "livemode": True,
    "related_object": {"id": "acct_9", "type": "v2.core.account", "url": "/v2/core/accounts/acct_9"},
}


def signed(event: Any, *, at: datetime = NOW, secret: str = SECRET) -> tuple[bytes, str]:
    body = event if isinstance(event, str) else json.dumps(event)
    header = stripe.WebhookSignature.generate_signature_header(body, secret, timestamp=int(at.timestamp()))
    return body.encode(), header


def test_a_snapshot_names_the_payment_its_charge_belongs_to() -> None:
    event = read_webhook(*signed(SNAPSHOT), secret=SECRET, now=NOW)
    assert (event.external_id, event.account, event.kind, event.record) == (
        "evt_1",
        "acct_1",
        "payment",
        "pi_1",
    )
    assert not event.is_live


def test_a_thin_event_names_the_account_it_is_about() -> None:
    event = read_webhook(*signed(THIN), secret=SECRET, now=NOW)
    assert (event.account, event.kind, event.record, event.is_live) == ("acct_9", "account", "acct_9", True)


def test_news_we_have_no_use_for_are_told_as_other() -> None:
    review = {**SNAPSHOT, "type": "review.opened"}
    assert read_webhook(*signed(review), secret=SECRET, now=NOW).kind == "other"


@pytest.mark.parametrize(
    ("kind", "record", "meaning"),
    [
        ("refund.failed", {"id": "re_1", "object": "refund", "payment_intent": "pi_1"}, "refund"),
        ("charge.dispute.closed", {"id": "dp_1", "object": "dispute", "payment_intent": "pi_1"}, "dispute"),
        ("payout.paid", {"id": "po_1", "object": "payout"}, "payout"),
    ],
)
def test_what_becomes_of_money_later_is_told_by_its_own_record(
    kind: str, record: dict[str, str], meaning: str
) -> None:
    told = {**SNAPSHOT, "type": kind, "data": {"object": record}}
    event = read_webhook(*signed(told), secret=SECRET, now=NOW)
    assert (event.kind, event.record) == (meaning, record["id"])


def test_a_charge_given_back_names_its_payment() -> None:
    told = {**SNAPSHOT, "type": "charge.refunded"}
    event = read_webhook(*signed(told), secret=SECRET, now=NOW)
    assert (event.kind, event.record) == ("payment", "pi_1")


def test_another_secret_is_a_forgery() -> None:
    body, header = signed(SNAPSHOT, secret="whsec_of_a_stranger")
    with pytest.raises(ForgedEvent):
        read_webhook(body, header, secret=SECRET, now=NOW)


def test_one_changed_byte_is_a_forgery() -> None:
    body, header = signed(SNAPSHOT)
    with pytest.raises(ForgedEvent):
        read_webhook(body.replace(b"pi_1", b"pi_2"), header, secret=SECRET, now=NOW)


@pytest.mark.parametrize("header", [None, "", "t=,v1=", "t=abc,v1=00", "v1=00", "nonsense"])
def test_a_missing_or_broken_signature_is_a_forgery(header: str | None) -> None:
    with pytest.raises(ForgedEvent):
        read_webhook(signed(SNAPSHOT)[0], header, secret=SECRET, now=NOW)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_age_is_measured_by_our_clock_and_both_ways(minutes: int) -> None:
    body, header = signed(SNAPSHOT, at=NOW + timedelta(minutes=minutes))
    with pytest.raises(ForgedEvent, match="not of now"):
        read_webhook(body, header, secret=SECRET, now=NOW)


def test_a_signature_of_five_minutes_ago_still_counts() -> None:
    body, header = signed(SNAPSHOT, at=NOW - timedelta(minutes=5))
    assert read_webhook(body, header, secret=SECRET, now=NOW).record == "pi_1"


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"object":"event"}', '{"object":"v2.core.event"}'])
def test_a_signed_body_that_is_no_event_is_refused(body: str) -> None:
    with pytest.raises(ForgedEvent):
        read_webhook(*signed(body), secret=SECRET, now=NOW)


def test_a_body_that_is_not_text_is_refused() -> None:
    with pytest.raises(ForgedEvent):
        read_webhook(b"\xff\xfe", "t=1,v1=00", secret=SECRET, now=NOW)


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        json.dumps({**SNAPSHOT, "data": {"object": "pi_1"}}),
        json.dumps({**SNAPSHOT, "created": 1e300}),
        json.dumps({**SNAPSHOT, "account": ["acct_1"]}),
        json.dumps({**SNAPSHOT, "id": "evt_\0"}),
        json.dumps({**SNAPSHOT, "id": "e" * 256}),
        json.dumps({**SNAPSHOT, "data": {"object": {"id": "../../v1/accounts", "object": "payment_intent"}}}),
    ],
    ids=["nested", "no record", "no time", "no account", "a zero byte", "endless", "an address"],
)
def test_a_signed_body_that_makes_no_sense_is_refused_and_nothing_of_it_is_used(body: str) -> None:
    with pytest.raises(ForgedEvent):
        read_webhook(*signed(body), secret=SECRET, now=NOW)
