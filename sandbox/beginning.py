"""How a world begins, and how it begins again."""

import threading

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.mail.state import MailState
from sandbox.settings import SandboxSettings
from sandbox.stripe.state import StripeState
from sandbox.timers import Timers
from sandbox.webhooks import WebhookSender
from sandbox.world import World

SETTLE_WITHIN_SECONDS = 5


def open_world(settings: SandboxSettings) -> World:
    """A fresh world with its timers running; ValueError or OSError if the company cannot be read."""
    clock = Clock(settings.clock_file)
    timers, faults = Timers(clock), Faults()
    webhooks, lock = WebhookSender(clock, timers, faults), threading.RLock()
    world = World(
        settings=settings,
        clock=clock,
        timers=timers,
        faults=faults,
        webhooks=webhooks,
        lock=lock,
        xero=None,
        stripe=StripeState(settings, clock, timers, webhooks, lock),
        mail=MailState(),
    )
    timers.start()
    return world


def reset_world(world: World, *, company: str | None = None, seed: int | None = None) -> None:
    """Start over on the same ports and with the same time; nothing changes if the company is unreadable."""
    wanted = {"company": company, "seed": seed}
    settings = world.settings.model_copy(update={k: v for k, v in wanted.items() if v is not None})
    world.timers.clear()
    world.timers.settle(SETTLE_WITHIN_SECONDS)  # a timer that runs now belongs to the old world
    with world.lock:
        world.timers.clear()
        world.webhooks.clear()
        world.faults.clear()
        world.counters.clear()
        world.settings = settings
        world.stripe = StripeState(settings, world.clock, world.timers, world.webhooks, world.lock)
        world.mail = MailState()


def close_world(world: World) -> None:
    """Let nothing more happen by itself."""
    world.webhooks.stop()
    world.timers.stop()
