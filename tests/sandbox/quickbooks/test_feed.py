"""QuickBooks' webhooks, posted over real HTTP."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Literal

import pytest

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.quickbooks.feed import RETRY_AFTER, Endpoint, Feed
from sandbox.timers import Timers
from sandbox.webhooks import WebhookSender
from tests.sandbox.client import wait_until
from tests.sandbox.receiver import Received, Receiver

TOKEN = b"quickbooks-webhook-local"
LADDER = [10, 20, 30, 300, 1200, 7200, 14_400, 21_600, *[21_600] * 10]
MakeFeed = Callable[..., Feed]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timers(clock: Clock) -> Iterator[Timers]:
    """Not running yet: a test that starts them after telling knows that all is told in one post."""
    timers = Timers(clock)
    yield timers
    timers.stop()


@pytest.fixture
def sender(clock: Clock, timers: Timers) -> Iterator[WebhookSender]:
    sender = WebhookSender(clock, timers, Faults())
    yield sender
    sender.stop()


@pytest.fixture
def make_feed(clock: Clock, timers: Timers, sender: WebhookSender, receiver: Receiver) -> MakeFeed:
    """A feed of which the companies 1 and 2 are connected."""

    def make(written: Literal["cloudevents", "legacy"] = "cloudevents", seed: int = 7) -> Feed:
        endpoint = Endpoint(f"{receiver.url}/quickbooks", TOKEN.decode(), written, "intuit.source=")
        return Feed(endpoint, clock, sender, timers, connected=lambda realm: realm in {"1", "2"}, seed=seed)

    return make


def is_signed(received: Received) -> bool:
    digest = hmac.new(TOKEN, received.body, hashlib.sha256).digest()
    return received.headers["intuit-signature"] == base64.b64encode(digest).decode()


def events_of(received: Received) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(received.body)
    return found


def wait_for_tries(sender: WebhookSender, tries: int) -> None:
    """Until the oldest was tried so often."""
    wait_until(lambda: sender.deliveries()[-1]["tries"] == tries)


def test_a_change_is_told_as_a_signed_cloud_event(
    make_feed: MakeFeed, timers: Timers, receiver: Receiver
) -> None:
    make_feed().tell("1", "CreditMemo", "voided", "130")
    timers.start()
    (post,) = receiver.wait_for("/quickbooks", 1)
    assert is_signed(post)
    event = events_of(post)[0]
    assert event.pop("id")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", event.pop("time"))
    assert event == {
        "specversion": "1.0",
        "source": "intuit.source=",
        "type": "qbo.creditmemo.voided.v1",
        "datacontenttype": "application/json",
        "intuitentityid": "130",
        "intuitaccountid": "1",
        "data": {},
    }


def test_one_array_mixes_companies_and_leaves_out_those_not_connected(
    make_feed: MakeFeed, timers: Timers, receiver: Receiver
) -> None:
    feed = make_feed()
    for realm in ("1", "2", "3"):
        feed.tell(realm, "Invoice", "updated", "5")
    timers.start()
    (post,) = receiver.wait_for("/quickbooks", 1)
    assert {event["intuitaccountid"] for event in events_of(post)} == {"1", "2"}


def test_events_come_in_any_order_and_some_of_them_twice(
    make_feed: MakeFeed, timers: Timers, receiver: Receiver
) -> None:
    feed = make_feed()
    for number in range(100):
        feed.tell("1", "Invoice", "updated", str(number))
    timers.start()
    (post,) = receiver.wait_for("/quickbooks", 1)
    told = [(event["id"], event["intuitentityid"]) for event in events_of(post)]
    numbers = [int(entity) for _, entity in told]
    assert set(numbers) == set(range(100))
    assert numbers != sorted(numbers)
    assert 100 < len(told) < 130
    assert len(set(told)) == 100


def test_the_same_seed_is_untidy_in_the_same_way(
    make_feed: MakeFeed, timers: Timers, receiver: Receiver
) -> None:
    for seed in (7, 7, 8):
        feed = make_feed(seed=seed)
        for number in range(30):
            feed.tell("1", "Invoice", "updated", str(number))
    timers.start()
    first, again, other = (
        [event["intuitentityid"] for event in events_of(post)] for post in receiver.wait_for("/quickbooks", 3)
    )
    assert first == again != other


def test_the_legacy_format_gathers_entities_by_company(
    make_feed: MakeFeed, timers: Timers, receiver: Receiver
) -> None:
    feed = make_feed("legacy")
    feed.tell("1", "Customer", "merged", "7")
    feed.tell("2", "Invoice", "emailed", "8")
    timers.start()
    (post,) = receiver.wait_for("/quickbooks", 1)
    assert is_signed(post)
    told = {
        (notice["realmId"], entity["name"], entity["operation"], entity["id"])
        for notice in json.loads(post.body)["eventNotifications"]
        for entity in notice["dataChangeEvent"]["entities"]
    }
    assert told == {("1", "Customer", "Merge", "7"), ("2", "Invoice", "Emailed", "8")}


def test_a_refused_post_climbs_intuits_ladder_while_later_ones_wait(
    make_feed: MakeFeed, timers: Timers, receiver: Receiver, clock: Clock, sender: WebhookSender
) -> None:
    timers.start()
    assert [wait.total_seconds() for wait in RETRY_AFTER] == LADDER
    receiver.statuses[:] = [500] * 4
    feed = make_feed()
    feed.tell("1", "Invoice", "created", "1")
    receiver.wait_for("/quickbooks", 1)
    feed.tell("2", "Invoice", "created", "2")
    wait_until(lambda: [d["status"] for d in sender.deliveries()] == ["held", "retrying"])
    for tries, seconds in enumerate(LADDER[:4], start=1):
        wait_for_tries(sender, tries)
        assert len(receiver.at("/quickbooks")) == tries
        clock.advance(timedelta(seconds=seconds))
    posts = receiver.wait_for("/quickbooks", 6)
    assert len({post.body for post in posts[:5]}) == 1
    assert events_of(posts[5])[0]["intuitentityid"] == "2"
