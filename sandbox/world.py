"""Everything the sandbox knows, in memory, behind one lock."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.settings import SandboxSettings
from sandbox.timers import Timers
from sandbox.webhooks import WebhookSender


@dataclass
class World:
    """The state that the vendors' routes share.

    A reset replaces `settings`, `xero`, `stripe` and `mail` by new ones: routes must reach them through
    the world each time and never keep them. `lock` guards those states; do not hold it while waiting for
    the network or for timers. `counters` counts calls by "vendor METHOD /route".
    """

    settings: SandboxSettings
    clock: Clock
    timers: Timers
    faults: Faults
    webhooks: WebhookSender
    xero: Any
    lock: threading.RLock = field(default_factory=threading.RLock)
    counters: Counter[str] = field(default_factory=Counter)

    @classmethod
    def open(cls, settings: SandboxSettings) -> "World":
        """A fresh world; ValueError or OSError if the company cannot be read."""
        clock = Clock(settings.clock_file)
        timers, faults = Timers(clock), Faults()
        webhooks = WebhookSender(clock, timers, faults)
        timers.start()
        return cls(settings, clock, timers, faults, webhooks, None)

    def reset(self, *, company: str | None = None, seed: int | None = None) -> None:
        """Start over on the same ports and with the same time; nothing changes if the company is unreadable."""
        wanted = {"company": company, "seed": seed}
        settings = self.settings.model_copy(update={k: v for k, v in wanted.items() if v is not None})
        with self.lock:
            self.timers.clear()
            self.webhooks.clear()
            self.faults.clear()
            self.counters.clear()
            self.settings = settings

    def close(self) -> None:
        self.webhooks.stop()
        self.timers.stop()
