"""How a world begins, and how it begins again."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sandbox.clock import Clock
from sandbox.companies import AMERICAN, Company, load_company
from sandbox.faults import Faults
from sandbox.mail.state import MailState
from sandbox.quickbooks.state import QuickBooksState
from sandbox.ses.state import SesState
from sandbox.settings import SandboxSettings
from sandbox.stripe.state import StripeState
from sandbox.timers import Timers
from sandbox.twilio.state import TwilioState
from sandbox.webhooks import WebhookSender
from sandbox.world import World
from sandbox.xero.state import XeroState

SETTLE_WITHIN_SECONDS = 5


def open_world(settings: SandboxSettings) -> World:
    """A fresh world with its timers running; ValueError or OSError if the company cannot be read."""
    clock = Clock(settings.clock_file)
    timers, faults = Timers(clock), Faults()
    webhooks, lock = WebhookSender(clock, timers, faults), threading.RLock()
    company = load_company(settings.company, seed=settings.seed, today=clock.now().date())
    world = World(
        started_with=settings,
        settings=settings,
        clock=clock,
        timers=timers,
        faults=faults,
        webhooks=webhooks,
        lock=lock,
        xero=XeroState.build(company, settings, clock, webhooks, timers),
        stripe=StripeState(settings, clock, timers, webhooks, lock),
        twilio=TwilioState(settings, clock, timers, webhooks, lock),
        ses=SesState(settings, clock, timers, webhooks, lock),
        mail=MailState(),
        open_quickbooks=_quickbooks(company, settings, clock, webhooks, timers),
    )
    timers.start()
    return world


def reset_world(
    world: World, *, company: str | None = None, seed: int | None = None, rewind: bool = False
) -> None:
    """Start over on the same ports, with the same time or (`rewind`) at the machine's.

    Without a company or a seed it is the one that the process was started with. Nothing changes if the
    company cannot be read (ValueError or OSError).
    """
    wanted = {"company": company, "seed": seed}
    settings = world.started_with.model_copy(update={k: v for k, v in wanted.items() if v is not None})
    clock, timers, webhooks = world.clock, world.timers, world.webhooks
    begins_at = datetime.now(UTC) if rewind else clock.now()
    books = load_company(settings.company, seed=settings.seed, today=begins_at.date())
    timers.clear()
    timers.settle(SETTLE_WITHIN_SECONDS)  # a timer that runs now belongs to the old world,
    webhooks.clear()
    webhooks.settle(SETTLE_WITHIN_SECONDS)  # and so does a webhook under way
    with world.lock:
        timers.clear()
        webhooks.clear()
        world.faults.clear()
        world.counters.clear()
        world.metered.clear()
        if rewind:
            clock.rewind()
        world.settings = settings
        world.xero = XeroState.build(books, settings, clock, webhooks, timers)
        world.stripe = StripeState(settings, clock, timers, webhooks, world.lock)
        world.twilio = TwilioState(settings, clock, timers, webhooks, world.lock)
        world.ses = SesState(settings, clock, timers, webhooks, world.lock)
        world.mail = MailState()
        world.reopen_quickbooks(_quickbooks(books, settings, clock, webhooks, timers))


def _quickbooks(
    company: Company, settings: SandboxSettings, clock: Clock, webhooks: WebhookSender, timers: Timers
) -> Callable[[], QuickBooksState]:
    """How to open QuickBooks later: with an American company, or with the file that Xero opened too."""
    begins_on = clock.now().date()

    def opened() -> QuickBooksState:
        american = company
        if not Path(settings.company).suffix:
            american = load_company(settings.company, seed=settings.seed, today=begins_on, home=AMERICAN)
        return QuickBooksState.build(american, settings, clock, webhooks, timers)

    return opened


def close_world(world: World) -> None:
    """Let nothing more happen by itself."""
    world.webhooks.stop()
    world.timers.stop()
