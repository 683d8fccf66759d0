"""Periodic work: each schedule starts at most once per period, however many tickers run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.kit.ground import Ground

Start = Callable[[Session, datetime], None]


@dataclass(frozen=True)
class Periodic:
    """A function that enqueues tasks, and how often it is started."""

    name: str
    every: timedelta
    start: Start


PERIODIC: dict[str, Periodic] = {}


def periodically(name: str, *, every: timedelta) -> Callable[[Start], Start]:
    """Register the decorated function, which is given a unit of work without tenant and the time."""

    def register(start: Start) -> Start:
        if name in PERIODIC:
            raise ValueError(f"{name} is scheduled twice")
        PERIODIC[name] = Periodic(name, every, start)
        return start

    return register


def start_due(ground: Ground) -> list[str]:
    """Start every schedule whose period is over; their names. A missed period is made up for once."""
    return [periodic.name for periodic in PERIODIC.values() if _start_if_due(ground, periodic)]


def _start_if_due(ground: Ground, periodic: Periodic) -> bool:
    now = ground.clock.now()
    with ground.database.platform() as session:
        won = session.execute(
            text(
                "INSERT INTO schedule (name, started_at) VALUES (:name, :now) ON CONFLICT (name) DO UPDATE "
                "SET started_at = :now WHERE schedule.started_at <= :latest OR schedule.started_at > :now "
                "RETURNING name"
            ),
            {"name": periodic.name, "now": now, "latest": now - periodic.every},
        ).one_or_none()
        if won:
            periodic.start(session, now)
        return won is not None
