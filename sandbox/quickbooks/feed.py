"""QuickBooks' webhooks: signed, collected for a moment, several companies in one post, never tidy.

An answer is wanted within three seconds; what is not taken is repeated by Intuit's ladder, and nothing
later is sent until then. Sources: Intuit's page of best practices for webhooks and its blog of 14 October
2025. Assumed: the ladder ends after three days, and the next post goes out then.
"""

import base64
import hashlib
import hmac
import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import msgspec

from sandbox.clock import Clock
from sandbox.quickbooks.events import Event, as_cloud_events, as_legacy
from sandbox.timers import Timers
from sandbox.webhooks import WebhookSender

COLLECT_FOR = timedelta(milliseconds=100)
ANSWER_WITHIN_SECONDS = 3.0
_SECONDS, _MINUTES, _HOURS = (10, 20, 30), (5, 20), (2, 4, 6)
SIX_HOURS_AGAIN = 10  # until three days have passed
RETRY_AFTER = (
    *(timedelta(seconds=n) for n in _SECONDS),
    *(timedelta(minutes=n) for n in _MINUTES),
    *(timedelta(hours=n) for n in _HOURS),
    *[timedelta(hours=6)] * SIX_HOURS_AGAIN,
)
ONE_IN = 8  # events told twice


@dataclass(frozen=True)
class Endpoint:
    """Where webhooks go, the token that signs them, and how they are written."""

    url: str
    token: str
    written: Literal["cloudevents", "legacy"]
    source: str

    def headers(self, body: bytes) -> Mapping[str, str]:
        digest = hmac.new(self.token.encode(), body, hashlib.sha256).digest()
        return {
            "Content-Type": "application/json",
            "User-Agent": "intuit_notification_server/1.0",
            "intuit-signature": base64.b64encode(digest).decode(),
        }


class Feed:
    """Collects what happens in connected companies for a moment and posts it. Safe to use from any thread.

    `connected` says whether the app has a company; `seed` decides what is told twice and in which order.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        clock: Clock,
        webhooks: WebhookSender,
        timers: Timers,
        connected: Callable[[str], bool],
        seed: int,
    ) -> None:
        self._endpoint = endpoint
        self._clock, self._webhooks, self._timers = clock, webhooks, timers
        self._connected = connected
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self._waiting: list[Event] = []

    def tell(self, realm_id: str, entity: str, operation: str, record_id: str) -> None:
        """Note a change; nothing is told about companies that are not connected."""
        if not self._connected(realm_id):
            return
        event = Event(realm_id, entity, operation, record_id, self._clock.now())
        with self._lock:
            self._waiting.append(event)
            first = len(self._waiting) == 1
        if first:
            self._timers.at(event.at + COLLECT_FOR, self._post)

    def _post(self) -> None:
        with self._lock:
            events, self._waiting = self._untidy(self._waiting), []
        body = self._written(events)
        self._webhooks.send(
            vendor="quickbooks",
            url=self._endpoint.url,
            body=body,
            headers=lambda: self._endpoint.headers(body),
            retry_after=RETRY_AFTER,
            name=", ".join(sorted({event.name for event in events})),
            answer_within=ANSWER_WITHIN_SECONDS,
            in_order=True,
        )

    def _untidy(self, events: list[Event]) -> list[Event]:
        """Now and then an event twice, and all in any order."""
        again = [event for event in events if self._chance.randrange(ONE_IN) == 0]
        told = [*events, *again]
        self._chance.shuffle(told)
        return told

    def _written(self, events: list[Event]) -> bytes:
        if self._endpoint.written == "legacy":
            return msgspec.json.encode(as_legacy(events))
        return msgspec.json.encode(as_cloud_events(events, self._endpoint.source))
