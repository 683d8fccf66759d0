"""What the stand-in for Stripe knows: connected accounts with their own books, links, remembered answers."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sandbox.clock import Clock
from sandbox.settings import SandboxSettings
from sandbox.stripe.answers import Answers
from sandbox.stripe.events import EventPost
from sandbox.timers import Timers
from sandbox.webhooks import WebhookSender

PLATFORM = "acct_platform"
Json = dict[str, Any]


@dataclass
class Account:
    """A connected account, or the platform's own. The books keep Stripe's JSON by id, oldest first."""

    id: str
    created: int
    given: Json = field(default_factory=dict)
    card_payments: str = "restricted"
    sessions: "dict[str, CheckoutSession]" = field(default_factory=dict)
    intents: dict[str, Json] = field(default_factory=dict)
    charges: dict[str, Json] = field(default_factory=dict)
    transactions: dict[str, Json] = field(default_factory=dict)
    refunds: dict[str, Json] = field(default_factory=dict)
    disputes: dict[str, Json] = field(default_factory=dict)
    payouts: dict[str, Json] = field(default_factory=dict)
    events: dict[str, Json] = field(default_factory=dict)
    paid_out: dict[str, str] = field(default_factory=dict)
    """Which payout each balance transaction went into."""
    settles_in: "dict[str, tuple[str, Decimal]]" = field(default_factory=dict)
    """Where payments of one currency are settled in another: that currency, and units of it for one."""
    refunds_begin: str = "succeeded"
    """How the next refunds of card payments begin: succeeded or pending."""
    capabilities: "dict[str, Capability]" = field(default_factory=dict)
    """Capabilities that stand differently from `card_payments`."""
    requirements: dict[str, Json] = field(default_factory=dict)
    closed: bool = False
    deauthorized: bool = False

    @property
    def name(self) -> str:
        return str(self.given.get("display_name") or "Business without a name")


@dataclass(frozen=True)
class Capability:
    """How one capability stands; `code` says why, empty for the usual reason."""

    status: str
    code: str = ""


@dataclass
class CheckoutSession:
    """A session as the API shows it, its line items, and what its PaymentIntent is to carry."""

    account: Account
    shown: Json
    lines: list[Json]
    for_intent: Json

    @property
    def status(self) -> str:
        """open, complete or expired."""
        return str(self.shown["status"])


@dataclass
class Link:
    """A single-use door to hosted onboarding. `visit` is set once it has been opened."""

    id: str
    account: Account
    expires_at: int
    refresh_url: str
    return_url: str | None
    visit: str | None = None


class StripeState:
    """Ids are random, not seeded: an app that keeps its database must not meet an old id with a new meaning."""

    def __init__(
        self,
        settings: SandboxSettings,
        clock: Clock,
        timers: Timers,
        webhooks: WebhookSender,
        lock: threading.RLock,
    ) -> None:
        self.settings, self.clock = settings, clock
        self._timers, self._lock = timers, lock
        self.accounts = {PLATFORM: Account(PLATFORM, clock.timestamp(), card_payments="active")}
        self.links: dict[str, Link] = {}
        self.platform_events: dict[str, Json] = {}
        self.answers = Answers()
        self.events = EventPost(settings, clock, webhooks)

    def later(self, by: timedelta, call: Callable[[], None]) -> None:
        """Run `call` under the world's lock once virtual time has moved by that much."""

        def locked() -> None:
            with self._lock:
                call()

        self._timers.at(self.clock.now() + by, locked)

    def session(self, number: str) -> CheckoutSession | None:
        """A Checkout Session of whichever account it belongs to."""
        found = (a.sessions[number] for a in self.accounts.values() if number in a.sessions)
        return next(found, None)

    def connected(self) -> list[Account]:
        """Every account but the platform's own."""
        return [account for account in self.accounts.values() if account.id != PLATFORM]


def new_id(prefix: str) -> str:
    """An id in Stripe's manner, such as ch_5f0c..."""
    return f"{prefix}_{secrets.token_hex(12)}"


def nulls(names: str) -> Json:
    """Fields, named with spaces between, that the API version has and this stand-in leaves null."""
    return dict.fromkeys(names.split())
