"""The road to one destination: what is sent first arrives first, unless a fault says otherwise."""

import queue
import threading
from collections.abc import Callable

from sandbox.faults import WEBHOOK_KINDS, Faults
from sandbox.webhooks.delivery import Delivery

LET_OVERTAKE_SECONDS = 1.0


class Lane:
    """A queue and the thread that empties it. `post` sends a delivery, `lose` is told of a lost one."""

    def __init__(
        self,
        url: str,
        faults: Faults,
        post: Callable[[Delivery], None],
        lose: Callable[[Delivery], None],
    ) -> None:
        self._faults, self._post, self._lose = faults, post, lose
        self._queue: queue.Queue[Delivery | None] = queue.Queue()
        self._overtaken: Delivery | None = None
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
                continue
            if delivery is None:
                return
            self._deliver(delivery)

    def _deliver(self, delivery: Delivery) -> None:
        fault = self._faults.take(delivery.vendor, delivery.line, WEBHOOK_KINDS)
        kind = fault.kind if fault else ""
        if kind == "webhook-lost":
            self._lose(delivery)
            return
        if kind == "webhook-reorder" and self._overtaken is None:
            self._overtaken = delivery
            return
        if kind == "webhook-duplicate":
            self._post(delivery)
        self._post(delivery)
        self._release()

    def _release(self) -> None:
        overtaken, self._overtaken = self._overtaken, None
        if overtaken is not None:
            self._post(overtaken)
