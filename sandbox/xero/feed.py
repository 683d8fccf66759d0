"""Xero's webhooks: signed, numbered, a few events to a post, repeated for a day and then disabled."""

import base64
import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from sandbox.clock import Clock
from sandbox.timers import Timers
from sandbox.webhooks import WebhookSender

COLLECT_FOR = timedelta(milliseconds=100)
# At once, then every quarter of an hour for a day.
RETRY_AFTER = (timedelta(), *[timedelta(minutes=15)] * 96)
LAST_SEQUENCE = 2_147_483_647
PATHS = {"INVOICE": "Invoices", "CONTACT": "Contacts", "CREDITNOTE": "CreditNotes"}


@dataclass(frozen=True)
class Endpoint:
    """Where webhooks go, and the key that signs them."""

    url: str
    key: str
    api_url: str

    def headers(self, body: bytes) -> Mapping[str, str]:
        digest = hmac.new(self.key.encode(), body, hashlib.sha256).digest()
        return {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Xero/1.0",
            "x-xero-signature": base64.b64encode(digest).decode(),
        }


class Feed:
    """Collects events for a moment and posts them; keeps them while the webhook is disabled."""

    def __init__(
        self,
        endpoint: Endpoint,
        clock: Clock,
        webhooks: WebhookSender,
        timers: Timers,
        connected: Callable[[str], bool],
    ) -> None:
        self._endpoint = endpoint
        self._clock, self._webhooks, self._timers = clock, webhooks, timers
        self._connected = connected
        self._lock = threading.Lock()
        self._waiting: list[dict[str, Any]] = []
        self._sequence = 0
        self.enabled = True

    def tell(
        self, tenant_id: str, category: str, event: str, identity: str, facts: dict[str, str] | None
    ) -> None:
        """Note a change; nothing is told about organisations that are not connected."""
        if not self._connected(tenant_id):
            return
        now = self._clock.now()
        written = {
            "resourceUrl": f"{self._endpoint.api_url}/{PATHS[category]}/{identity}",
            "resourceId": identity,
            "eventDateUtc": now.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3],
            "eventType": event,
            "eventCategory": category,
            "tenantId": tenant_id,
            "tenantType": "ORGANISATION",
        }
        if facts:
            written["data"] = facts  # type: ignore[assignment]
        with self._lock:
            self._waiting.append(written)
            first = len(self._waiting) == 1
        if first and self.enabled:
            self._timers.at(now + COLLECT_FOR, self._post)

    def enable(self) -> None:
        """Switch the webhook on again; what was kept goes out in order."""
        self.enabled = True
        self._post()

    def intent_to_receive(self) -> list[dict[str, Any]]:
        """Probe the endpoint as Xero does before it switches a webhook on; how each probe was answered.

        A correctly signed probe wants 200, a wrongly signed one 401, each within five seconds.
        """
        body = _body([], 0, 0)
        good = dict(self._endpoint.headers(body))
        forged = good | {"x-xero-signature": base64.b64encode(secrets.token_bytes(32)).decode()}
        probes = (
            ("valid", good, 200),
            ("invalid", forged, 401),
            ("valid", good, 200),
            ("invalid", forged, 401),
        )
        answered = []
        for signature, headers, wanted in probes:
            status = self._webhooks.probe(self._endpoint.url, body, headers)
            answered.append(
                {"signature": signature, "wanted": wanted, "status": status, "ok": status == wanted}
            )
        return answered

    def _post(self) -> None:
        with self._lock:
            events, self._waiting = (self._waiting, []) if self.enabled else ([], self._waiting)
            if not events:
                return
            first = self._sequence % LAST_SEQUENCE + 1
            self._sequence = first + len(events) - 1
            body = _body(events, first, self._sequence)
        self._webhooks.send(
            vendor="xero",
            url=self._endpoint.url,
            body=body,
            headers=lambda: self._endpoint.headers(body),
            retry_after=RETRY_AFTER,
            name=", ".join(sorted({f"{e['eventCategory']} {e['eventType']}" for e in events})),
            given_up=self._disable,
        )

    def _disable(self) -> None:
        self.enabled = False


def _body(events: list[dict[str, Any]], first: int, last: int) -> bytes:
    entropy = secrets.token_hex(10).upper()
    return msgspec.json.encode(
        {"events": events, "lastEventSequence": last, "firstEventSequence": first, "entropy": entropy}
    )
