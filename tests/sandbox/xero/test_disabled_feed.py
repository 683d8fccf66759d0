"""A webhook that nobody answers for a day."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.timers import Timers
from sandbox.webhooks import WebhookSender
from sandbox.xero.feed import Endpoint, Feed
from tests.sandbox.client import wait_until
from tests.sandbox.receiver import Receiver


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock")


@pytest.fixture
def timers(clock: Clock) -> Iterator[Timers]:
    timers = Timers(clock)
    timers.start()
    yield timers
    timers.stop()


@pytest.fixture
def feed(clock: Clock, timers: Timers, receiver: Receiver) -> Iterator[Feed]:
    sender = WebhookSender(clock, timers, Faults())
    endpoint = Endpoint(f"{receiver.url}/xero", "key", "http://127.0.0.1:1/xero/api.xro/2.0")
    yield Feed(endpoint, clock, sender, timers, lambda _tenant: True)
    sender.stop()


def numbers(receiver: Receiver) -> list[Any]:
    return [event["resourceId"] for post in receiver.at("/xero") for event in json.loads(post.body)["events"]]


def test_after_a_day_it_is_disabled_and_what_happens_then_is_kept(
    feed: Feed, clock: Clock, receiver: Receiver
) -> None:
    receiver.answer = lambda _: 500
    feed.tell("tenant", "INVOICE", "UPDATE", "first", None)

    def disabled_a_while_later() -> bool:
        clock.advance(timedelta(minutes=16))
        return not feed.enabled

    wait_until(disabled_a_while_later, within_seconds=60)
    assert len(receiver.at("/xero")) == 1 + 1 + 24 * 4
    feed.tell("tenant", "INVOICE", "UPDATE", "second", None)
    feed.tell("tenant", "INVOICE", "UPDATE", "third", None)
    receiver.forget()
    feed.enable()
    receiver.wait_for("/xero", 1)
    assert numbers(receiver) == ["second", "third"]
