"""What the stand-in for SES knows: who may send by what, which addresses bounce, and what it told."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import uuid4

from sandbox.clock import Clock
from sandbox.ses.domains import Domain
from sandbox.ses.events import Event, Fate, Sent, fate_of
from sandbox.ses.sns import Publisher
from sandbox.settings import SandboxSettings
from sandbox.timers import Timers
from sandbox.webhooks import WebhookSender

_LATER = timedelta(hours=1)
"""Until a mailbox that has taken a mail turns out to be gone."""


@dataclass
class Tenant:
    """One tenant with what it may send by."""

    name: str
    resources: set[str] = field(default_factory=set)


class SesState:
    """One account in one region."""

    def __init__(
        self,
        settings: SandboxSettings,
        clock: Clock,
        timers: Timers,
        webhooks: WebhookSender,
        lock: threading.RLock,
    ) -> None:
        self.settings, self._clock, self._timers, self._lock = settings, clock, timers, lock
        self.publisher = Publisher(settings, clock, webhooks)
        self.tenants: dict[str, Tenant] = {}
        self.domains: dict[str, Domain] = {}
        """Of businesses, beside the installation's own."""
        self.fates: dict[str, Fate] = {}
        self.fate: Fate | None = None
        """Of everybody without one of their own."""
        self.suppressed: set[str] = set()
        self.is_paused = False
        self.refusals: list[str] = []
        self._numbers = itertools.count(1)

    def new_id(self) -> str:
        """An id of the form that SES gives to mails."""
        return f"{next(self._numbers):018x}-{uuid4()}-000000"

    def accepted(self, sent: Sent) -> None:
        """Tell what becomes of a mail, as far as its configuration set asks for it."""
        self._tell(sent, Event.SEND)
        for address in sent.destination:
            self._becomes_of(replace(sent, recipient=address))

    def _becomes_of(self, sent: Sent) -> None:
        fate = self._fate(sent.recipient)
        at = self._clock.now() + timedelta(seconds=self.settings.ses_delivery_delay)
        for event in fate.events:
            self._timers.at(at, self._later(sent, event))
            at += _LATER

    def _fate(self, recipient: str) -> Fate:
        if recipient.lower() in self.suppressed:
            return Fate.SUPPRESSED
        return self.fates.get(recipient.lower()) or self.fate or fate_of(recipient)

    def _later(self, sent: Sent, event: Event) -> Callable[[], None]:
        def tell() -> None:
            with self._lock:
                if event is Event.PERMANENT_BOUNCE:
                    self.suppressed.add(sent.recipient.lower())
                self._tell(sent, event)

        return tell

    def _tell(self, sent: Sent, event: Event) -> None:
        if sent.configuration_set:
            self.publisher.notify(
                self.settings.ses_event_topic, event.body(sent, self._clock.now()), name=event.value
            )
