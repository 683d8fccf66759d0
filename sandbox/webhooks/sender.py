"""The vendors' common post office."""

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import requests

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.timers import Timers
from sandbox.webhooks.delivery import ANSWER_WITHIN_SECONDS, Delivery
from sandbox.webhooks.lane import Lane

DELIVERIES_KEPT = 500


class WebhookSender:
    """Keeps a lane per destination, the log of deliveries and the counts of tries."""

    def __init__(self, clock: Clock, timers: Timers, faults: Faults) -> None:
        self._clock, self._timers, self._faults = clock, timers, faults
        self._lock = threading.Condition()
        self._posting = 0
        self._lanes: dict[str, Lane] = {}
        self._log: deque[Delivery] = deque(maxlen=DELIVERIES_KEPT)
        self._counts = dict.fromkeys(("delivered", "failed", "lost", "given_up", "waiting"), 0)
        self._epoch = 0
        self._session = requests.Session()
        self._session.trust_env = False

    def send(
        self,
        *,
        vendor: str,
        url: str,
        body: bytes,
        headers: Callable[[], Mapping[str, str]],
        retry_after: Sequence[timedelta],
        name: str = "",
        given_up: Callable[[], None] | None = None,
        answer_within: float = ANSWER_WITHIN_SECONDS,
        in_order: bool = False,
    ) -> None:
        """Queue one webhook and return at once; an empty `url` sends nothing.

        `headers` is asked anew for each try, because signatures carry the time. A try without a 2xx
        answer is repeated after each step of `retry_after` (virtual time), then given up, which calls
        `given_up`. `name` is what the log calls it and what a fault may match. An answer later than
        `answer_within` (real seconds) is none. With `in_order` what is sent later to this address waits
        until this one is taken or given up.
        """
        if not url:
            return
        with self._lock:
            delivery = Delivery(
                vendor,
                url,
                name,
                body,
                headers,
                retry_after,
                given_up,
                self._clock.now(),
                self._epoch,
                answer_within,
                in_order,
            )
            self._log.append(delivery)
        self._queue(delivery)

    def probe(
        self, url: str, body: bytes, headers: Mapping[str, str], within: float = ANSWER_WITHIN_SECONDS
    ) -> int | None:
        """Post once, now, and return the status; None if no answer came `within` so many seconds."""
        try:
            return self._session.post(
                url, data=body, headers=dict(headers), timeout=within, allow_redirects=False
            ).status_code
        except requests.RequestException:
            return None

    def deliveries(self) -> list[dict[str, Any]]:
        """The log, newest first."""
        with self._lock:
            return [delivery.as_row() for delivery in reversed(self._log)]

    def counts(self) -> dict[str, int]:
        """Tries by outcome; `waiting` are those queued to be tried right now, not those held behind another."""
        with self._lock:
            return dict(self._counts)

    def clear(self) -> None:
        """Forget the log, the counts and everything that has not been delivered."""
        with self._lock:
            self._epoch += 1
            self._log.clear()
            self._counts = dict.fromkeys(self._counts, 0)

    def settle(self, timeout_seconds: float) -> bool:
        """Wait until no try is under way; False if that took longer. Never call it holding the world's lock."""
        with self._lock:
            return self._lock.wait_for(lambda: not self._posting, timeout_seconds)

    def stop(self) -> None:
        """Deliver nothing more."""
        self.clear()
        with self._lock:
            for lane in self._lanes.values():
                lane.stop()

    def _queue(self, delivery: Delivery) -> None:
        with self._lock:
            if delivery.epoch != self._epoch:
                return
            delivery.queued = True
            self._counts["waiting"] += 1
            if delivery.road not in self._lanes:
                self._lanes[delivery.road] = Lane(
                    delivery.road, self._faults, post=self._try, lose=self._lose, hold=self._hold
                )
            self._lanes[delivery.road].put(delivery)

    def _try(self, delivery: Delivery) -> None:
        with self._lock:
            if delivery.epoch != self._epoch:
                return
            self._posting += 1
        answer = self.probe(delivery.url, delivery.body, delivery.headers(), delivery.answer_within)
        delivered = answer is not None and 200 <= answer < 300
        with self._lock:
            self._posting -= 1
            self._lock.notify_all()
            if delivery.epoch != self._epoch:
                return
            delivery.tries += 1
            delivery.answer = str(answer or "no answer")
            self._settle(delivery, "delivered" if delivered else "failed")
        if delivered:
            delivery.status = "delivered"
        elif delivery.status != "delivered":
            self._try_later(delivery)

    def _lose(self, delivery: Delivery) -> None:
        with self._lock:
            if delivery.epoch == self._epoch:
                delivery.status = "lost"
                self._settle(delivery, "lost")

    def _hold(self, delivery: Delivery) -> None:
        with self._lock:
            if delivery.epoch == self._epoch:
                delivery.status = "held"
                self._no_longer_waiting(delivery)

    def _settle(self, delivery: Delivery, outcome: str) -> None:
        self._counts[outcome] += 1
        self._no_longer_waiting(delivery)

    def _no_longer_waiting(self, delivery: Delivery) -> None:
        if delivery.queued:
            delivery.queued = False
            self._counts["waiting"] -= 1

    def _try_later(self, delivery: Delivery) -> None:
        wait = delivery.next_try_after()
        if wait is not None:
            delivery.status = "retrying"
            self._timers.at(self._clock.now() + wait, lambda: self._queue(delivery))
            return
        delivery.status = "given up"
        with self._lock:
            self._counts["given_up"] += 1
        if delivery.given_up is not None:
            delivery.given_up()
