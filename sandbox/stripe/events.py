"""Events: kept per account, and posted as signed webhooks the untidy way the real thing does."""

import copy
import json
import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import stripe

from sandbox.clock import Clock
from sandbox.settings import SandboxSettings
from sandbox.webhooks import WebhookSender

if TYPE_CHECKING:
    from sandbox.stripe.state import Account

EVERY_TWICE = 5
# Live retries: growing waits for up to three days (docs.stripe.com/webhooks#behaviors).
RETRY_AFTER = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 300, 600, 720, 720, 720, 720, 360)
)


@dataclass(frozen=True)
class News:
    """Something that happened to one of an account's objects. `before` holds changed fields' old values."""

    type: str
    about: dict[str, Any]
    before: dict[str, Any] | None = None


class EventPost:
    """Writes events down and sends them. Untidiness is counted and seeded, so that a run can be repeated."""

    def __init__(self, settings: SandboxSettings, clock: Clock, webhooks: WebhookSender) -> None:
        self._settings, self._clock, self._webhooks = settings, clock, webhooks
        self._order = random.Random(settings.seed)
        self._sent = 0
        self._held_kinds: list[str] = []
        self._held: list[dict[str, Any]] = []

    def publish(self, account: "Account", *news: News) -> None:
        """Things that happen at once: written down in order, sent in any order, every fifth one twice."""
        events = [self._written(account, piece) for piece in news]
        if self._settings.stripe_untidy:
            self._order.shuffle(events)
        for event in events:
            self._sent += 1
            twice = self._settings.stripe_untidy and self._sent % EVERY_TWICE == 0
            for _ in range(2 if twice else 1):
                self.send(event | {"account": account.id})

    def publish_thin(self, account: "Account", kind: str, details: dict[str, Any]) -> dict[str, Any]:
        """A v2 event about the account itself: the notification names it, the event read later has the data."""
        notification = {
            "id": f"evt_test_{secrets.token_hex(12)}",
            "object": "v2.core.event",
            "type": kind,
            "livemode": False,
            "created": iso(self._clock.timestamp()),
            "context": None,
            "reason": None,
            "related_object": {
                "id": account.id,
                "type": "v2.core.account",
                "url": f"/v2/core/accounts/{account.id}",
            },
        }
        self.send(notification)
        return notification | {"data": details}

    def replay(self, events: Sequence[dict[str, Any]], *, times: int, shuffle: bool) -> int:
        """Send old events again; returns how many webhooks that makes."""
        again = [event for event in events for _ in range(times)]
        if shuffle:
            self._order.shuffle(again)
        for event in again:
            self._post(event)
        return len(again)

    def retold(self, account: "Account", event: dict[str, Any]) -> dict[str, Any]:
        """The same fact as of its moment under an id of its own, kept and dated now."""
        again = event | {"id": f"evt_{secrets.token_hex(12)}", "created": self._clock.timestamp()}
        account.events[again["id"]] = again
        return again

    def hold(self, kind: str) -> None:
        """Keep back events of that type, in which * stands for anything, until they are released."""
        self._held_kinds.append(kind)

    def release(self, *, shuffle: bool) -> int:
        """Send what was kept back, however much later, and keep nothing back from now on; how many."""
        late, self._held, self._held_kinds = self._held, [], []
        return self.replay(late, times=1, shuffle=shuffle)

    def send(self, event: dict[str, Any]) -> None:
        """Post one event, unless events of its type are being kept back."""
        if any(fnmatchcase(event["type"], kind) for kind in self._held_kinds):
            self._held.append(event)
        else:
            self._post(event)

    def _post(self, event: dict[str, Any]) -> None:
        """Signed anew at each try by virtual time."""
        body = json.dumps(event, indent=2, ensure_ascii=False)
        self._webhooks.send(
            vendor="stripe",
            url=self._settings.stripe_webhook_url,
            body=body.encode(),
            headers=lambda: self._headers(body),
            retry_after=RETRY_AFTER,
            name=event["type"],
        )

    def _headers(self, body: str) -> dict[str, str]:
        signature = stripe.WebhookSignature.generate_signature_header(
            body, self._settings.stripe_webhook_secret, timestamp=self._clock.timestamp()
        )
        return {
            "Stripe-Signature": signature,
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }

    def _written(self, account: "Account", piece: News) -> dict[str, Any]:
        subject: dict[str, Any] = {"object": copy.deepcopy(piece.about)}
        if piece.before is not None:
            subject["previous_attributes"] = piece.before
        event: dict[str, Any] = {
            "id": f"evt_{secrets.token_hex(12)}",
            "object": "event",
            "api_version": stripe.api_version,
            "created": self._clock.timestamp(),
            "data": subject,
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": piece.type,
        }
        account.events[event["id"]] = event
        return event


def iso(timestamp: int) -> str:
    """Seconds since 1970 as v2 writes moments: 2026-11-20T10:00:00.000Z."""
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
