"""Reading and moving virtual time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, request

from sandbox.control.wishes import Wishes
from sandbox.world import World

SETTLE_WITHIN_SECONDS = 10


def add_routes(control: Blueprint, world: World) -> None:
    """GET and POST /control/clock."""

    def shown() -> dict[str, Any]:
        return {
            "now": world.clock.now().isoformat().replace("+00:00", "Z"),
            "offset_seconds": world.clock.offset().total_seconds(),
        }

    @control.get("/clock")
    def read_clock() -> dict[str, Any]:
        return shown()

    @control.post("/clock")
    def move_clock() -> dict[str, Any]:
        move(world, Wishes.of(request))
        return shown()


def move(world: World, wishes: Wishes) -> None:
    """Advance by `days`, `seconds` or up to `to`, and return once every timer that fell due has run."""
    if to := wishes.optional_text("to"):
        by = _moment(to) - world.clock.now()
    else:
        by = timedelta(days=wishes.number("days", 0), seconds=wishes.number("seconds", 0))
    if by < timedelta():
        raise ValueError("virtual time moves forward only")
    world.clock.advance(by)
    world.timers.settle(SETTLE_WITHIN_SECONDS)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no time such as 2026-12-01T09:00:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
