"""Everything the sandbox knows, in memory, behind one lock."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.settings import SandboxSettings
from sandbox.timers import Timers
from sandbox.webhooks import WebhookSender

if TYPE_CHECKING:  # the vendors' packages import the world, so it only names their states
    from sandbox.mail.state import MailState
    from sandbox.quickbooks.state import QuickBooksState
    from sandbox.ses.state import SesState
    from sandbox.stripe.state import StripeState
    from sandbox.twilio.state import TwilioState
    from sandbox.xero.state import XeroState


@dataclass
class World:
    """The state that the vendors' routes share.

    A reset replaces `settings`, `xero`, `quickbooks`, `stripe`, `twilio`, `ses` and `mail` by new ones: routes must
    reach them through the world each time and never keep them. `lock` guards those states; do not hold it while
    waiting for the network or for timers. `counters` counts calls by "vendor METHOD /route", `metered` the
    reads that Intuit meters, by realm id.
    """

    started_with: SandboxSettings
    settings: SandboxSettings
    clock: Clock
    timers: Timers
    faults: Faults
    webhooks: WebhookSender
    lock: threading.RLock
    xero: XeroState
    stripe: StripeState
    twilio: TwilioState
    ses: SesState
    mail: MailState
    open_quickbooks: Callable[[], QuickBooksState]
    counters: Counter[str] = field(default_factory=Counter)
    metered: Counter[str] = field(default_factory=Counter)
    _quickbooks: QuickBooksState | None = field(default=None, init=False)

    @property
    def quickbooks(self) -> QuickBooksState:
        """Opened when it is first asked for, because a large company takes a while."""
        with self.lock:
            if self._quickbooks is None:
                self._quickbooks = self.open_quickbooks()
            return self._quickbooks

    def reopen_quickbooks(self, open_quickbooks: Callable[[], QuickBooksState]) -> None:
        """Forget what QuickBooks knows and begin it anew from there."""
        with self.lock:
            self.open_quickbooks, self._quickbooks = open_quickbooks, None

    def count(self, what: str) -> None:
        with self.lock:
            self.counters[what] += 1
