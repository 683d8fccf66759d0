"""A post office of the test's own, with its clock."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.timers import Timers
from sandbox.webhooks import WebhookSender
from tests.sandbox.receiver import Receiver

Send = Callable[..., None]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def sender(clock: Clock, faults: Faults) -> Iterator[WebhookSender]:
    timers = Timers(clock)
    timers.start()
    sender = WebhookSender(clock, timers, faults)
    yield sender
    sender.stop()
    timers.stop()


@pytest.fixture
def send(sender: WebhookSender, receiver: Receiver) -> Send:
    def send(number: int, **more: Any) -> None:
        body = json.dumps({"number": number}).encode()
        defaults: dict[str, Any] = {"vendor": "xero", "headers": dict, "retry_after": ()}
        sender.send(url=f"{receiver.url}/here", body=body, **(defaults | more))

    return send
