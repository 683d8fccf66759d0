"""What the stand-in for Twilio knows: accounts with their own numbers, services, templates and messages."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.clock import Clock
from sandbox.settings import SandboxSettings
from sandbox.timers import Timers
from sandbox.twilio.callbacks import Callbacks
from sandbox.webhooks import WebhookSender

WINDOW = timedelta(hours=24)
"""For so long after a customer wrote, WhatsApp takes free text (twilio.com/docs/whatsapp/key-concepts)."""


@dataclass
class Number:
    """A number that an account has bought. American ones need a registration before carriers take them."""

    sid: str
    number: str
    is_registered: bool


@dataclass
class Sender:
    """A WhatsApp sender: `whatsapp:+...` and its state (CREATING, ONLINE, OFFLINE)."""

    sid: str
    address: str
    name: str
    status: str = "CREATING"


@dataclass
class Service:
    """A Messaging Service: a pool of senders, and where inbound messages are told."""

    sid: str
    name: str
    created_at: datetime
    inbound_url: str
    status_url: str
    numbers: list[Number] = field(default_factory=list)


@dataclass
class Template:
    """Content, and what WhatsApp thinks of it: unsubmitted, received, pending, approved, rejected, paused."""

    sid: str
    name: str
    language: str
    body: str
    variables: dict[str, str]
    created_at: datetime
    status: str = "unsubmitted"
    category: str = ""
    rejection: str = ""


@dataclass
class Text:
    """One message in or out, with every status it has had."""

    sid: str
    account: "Account"
    direction: str
    sender: str
    to: str
    body: str
    created_at: datetime
    service: str | None
    status: str
    callback: str = ""
    template: str | None = None
    sent_at: datetime | None = None
    updated_at: datetime | None = None
    error: int | None = None
    history: list[str] = field(default_factory=list)

    @property
    def is_whatsapp(self) -> bool:
        return self.to.startswith("whatsapp:") or self.sender.startswith("whatsapp:")


@dataclass
class Account:
    """The main account or a subaccount, each with books of its own."""

    sid: str
    token: str
    name: str
    owner: str
    created_at: datetime
    status: str = "active"
    numbers: dict[str, Number] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    senders: dict[str, Sender] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    texts: list[Text] = field(default_factory=list)
    by_sid: dict[str, Text] = field(default_factory=dict)
    stopped: set[tuple[str, str]] = field(default_factory=set)
    """Who wrote STOP to which sender or service."""
    heard: dict[tuple[str, str], datetime] = field(default_factory=dict)
    """When somebody last wrote to a WhatsApp sender."""


class TwilioState:
    """Ids are random: an app that keeps its database must not meet an old id with a new meaning."""

    def __init__(
        self,
        settings: SandboxSettings,
        clock: Clock,
        timers: Timers,
        webhooks: WebhookSender,
        lock: threading.RLock,
    ) -> None:
        self.settings, self.clock, self.callbacks = settings, clock, Callbacks(webhooks)
        self._timers, self._lock = timers, lock
        main = Account(
            settings.twilio_account_sid,
            settings.twilio_auth_token,
            "Main",
            settings.twilio_account_sid,
            clock.now(),
        )
        self.accounts = {main.sid: main}
        self.fates: dict[str, int] = {}
        """What carriers do with messages to a number: an error code, 0 for delivered."""
        self.readers: set[str] = set()
        """Numbers whose owner reads what comes by WhatsApp."""
        self.closed_countries: set[str] = set()
        """Prefixes such as +44 to which nothing may be sent."""

    def later(self, by: timedelta, call: Callable[[], None]) -> None:
        """Run `call` under the world's lock once virtual time has moved by that much."""

        def locked() -> None:
            with self._lock:
                call()

        self._timers.at(self.clock.now() + by, locked)

    def texts(self) -> list[Text]:
        """Of all accounts, in order of time."""
        found = (text for account in self.accounts.values() for text in account.texts)
        return sorted(found, key=lambda text: text.created_at)


def new_sid(prefix: str) -> str:
    """An id in Twilio's manner: two letters and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)
