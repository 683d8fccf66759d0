"""How a world begins, and how it begins again."""

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.mail.state import MailState
from sandbox.settings import SandboxSettings
from sandbox.timers import Timers
from sandbox.webhooks import WebhookSender
from sandbox.world import World


def open_world(settings: SandboxSettings) -> World:
    """A fresh world with its timers running; ValueError or OSError if the company cannot be read."""
    clock = Clock(settings.clock_file)
    timers, faults = Timers(clock), Faults()
    webhooks = WebhookSender(clock, timers, faults)
    timers.start()
    return World(settings, clock, timers, faults, webhooks, None, MailState())


def reset_world(world: World, *, company: str | None = None, seed: int | None = None) -> None:
    """Start over on the same ports and with the same time; nothing changes if the company is unreadable."""
    wanted = {"company": company, "seed": seed}
    settings = world.settings.model_copy(update={k: v for k, v in wanted.items() if v is not None})
    with world.lock:
        world.timers.clear()
        world.webhooks.clear()
        world.faults.clear()
        world.counters.clear()
        world.settings = settings
        world.mail = MailState()


def close_world(world: World) -> None:
    """Let nothing more happen by itself."""
    world.webhooks.stop()
    world.timers.stop()
