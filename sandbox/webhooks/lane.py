"""The road to one destination: what is sent first arrives first, unless a fault says otherwise.

Most vendors send on while an older webhook is being retried. One that was sent `in_order` blocks the road
until it is taken or given up.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable

from sandbox.faults import WEBHOOK_KINDS, Faults
from sandbox.webhooks.delivery import Delivery

LET_OVERTAKE_SECONDS = 1.0
Told = Callable[[Delivery], None]


class Lane:
    """A queue and the thread that empties it.

    `post` sends a delivery and returns when it is answered; `lose` and `hold` are told of one that is
    lost, and of one that has to wait behind another.
    """

    def __init__(self, url: str, faults: Faults, *, post: Told, lose: Told, hold: Told) -> None:
        self._faults, self._post, self._lose, self._hold = faults, post, lose, hold
        self._queue: queue.Queue[Delivery | None] = queue.Queue()
        self._overtaken: Delivery | None = None
        self._blocking: Delivery | None = None
        self._behind: deque[Delivery] = deque()
        threading.Thread(target=self._run, name=f"webhooks to {url}", daemon=True).start()

    def put(self, delivery: Delivery) -> None:
        self._queue.put(delivery)

    def stop(self) -> None:
        self._queue.put(None)

    def _run(self) -> None:
        while True:
            try:
                delivery = self._queue.get(timeout=LET_OVERTAKE_SECONDS if self._overtaken else None)
            except queue.Empty:
                self._release()
            else:
                if delivery is None:
                    return
                self._take(delivery)
            while self._behind and self._blocking is None:
                self._deliver(self._behind.popleft())

    def _take(self, delivery: Delivery) -> None:
        """Deliver it, if the road is free for it."""
        if self._blocking is not None and self._blocking.epoch != delivery.epoch:
            self._blocking = None  # what blocked the road was forgotten in a reset
            self._behind.clear()
        if self._blocking not in (None, delivery):
            self._behind.append(delivery)
            self._hold(delivery)
        else:
            self._deliver(delivery)

    def _deliver(self, delivery: Delivery) -> None:
        fault = self._faults.take(delivery.vendor, delivery.line, WEBHOOK_KINDS)
        kind = fault.kind if fault else ""
        if kind == "webhook-lost":
            self._lose(delivery)
            if self._blocking is delivery:
                self._blocking = None
            return
        if kind == "webhook-reorder" and self._overtaken is None:
            self._overtaken = delivery
            return
        if kind == "webhook-duplicate":
            self._post(delivery)
        self._send(delivery)
        self._release()

    def _release(self) -> None:
        overtaken, self._overtaken = self._overtaken, None
        if overtaken is None:
            return
        if self._blocking not in (None, overtaken):
            self._behind.appendleft(overtaken)
            self._hold(overtaken)
        else:
            self._send(overtaken)

    def _send(self, delivery: Delivery) -> None:
        self._post(delivery)
        if delivery.in_order and delivery.status == "retrying":
            self._blocking = delivery
        elif self._blocking is delivery:
            self._blocking = None
