"""The steps of a reminder on its way, at each of which its worker is killed."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from app.kit.embedded.postgres import RunningPostgres
from app.kit.embedded.redis import RunningRedis
from tests.storms import due
from tests.storms.crew import Crew
from tests.storms.halts import ON_THE_WAY_OF_LETTERS, Place, blocked
from tests.storms.letters import Letters
from tests.storms.mortal import Mortal

_STALL_SECONDS = 0.6
_ASKED = {"xero": ("xero", "GET /xero/api"), "quickbooks": ("quickbooks", "GET /quickbooks")}
_HANDED_OVER = {"email": ("mail", "DATA"), "sms": ("twilio", "POST"), "whatsapp": ("twilio", "POST")}


@dataclass
class Scene:
    """The letters, whoever hands them over, and the servers."""

    letters: Letters
    crew: Crew
    postgres: Mortal[RunningPostgres]
    redis: Mortal[RunningRedis]
    database: str
    ledger: str

    @property
    def admin_url(self) -> str:
        """The world's database, for the superuser."""
        return self.postgres.running.admin_url.rpartition("/")[0] + f"/{self.database}"

    def is_any_unfinished(self, tasks: list[UUID]) -> bool:
        return due.is_any_unfinished(self.letters.ground, tasks)


Strike = Callable[[Scene], bool]
"""Kills the worker at a step; whether a reminder came there."""


def before_the_claim(scene: Scene) -> bool:
    """The ring has come, and nobody has looked at its task."""
    scene.crew.worker().stop()
    due.ring(scene.redis.running.url, scene.letters.dispatches())
    scene.crew.kill()
    return True


def at(place: Place, scene: Scene) -> bool:
    """Something is written there and not committed."""
    with blocked(scene.admin_url, place) as halt:
        if not scene.crew.hand_out(scene.letters.dispatches(), until=lambda: halt.met() is not None):
            return False
        scene.crew.kill()
    return True


def while_the_ledger_is_asked(scene: Scene) -> bool:
    return _at_call(scene, *_ASKED[scene.ledger])


def while_it_is_handed_over(scene: Scene) -> bool:
    """The request is sent; the other side takes it, and nobody hears the answer."""
    return _at_call(scene, *_HANDED_OVER[scene.letters.channel])


def after_its_task_is_finished(scene: Scene) -> bool:
    """Committed, and the ring not yet answered for."""
    tasks = scene.letters.dispatches()
    scene.crew.hand_out(tasks, until=lambda: not scene.is_any_unfinished(tasks))
    scene.crew.kill()
    return bool(tasks) and not scene.is_any_unfinished(tasks)


def _at_call(scene: Scene, vendor: str, line: str) -> bool:
    sandbox = scene.letters.sandbox
    fault = sandbox.fault(vendor, "latency", match=line, value=_STALL_SECONDS)

    def is_met() -> bool:
        return all(one["id"] != fault for one in sandbox.get("/control/faults").json())

    if not scene.crew.hand_out(scene.letters.dispatches(), until=is_met):
        return False
    scene.crew.kill()
    time.sleep(_STALL_SECONDS)
    return True


STRIKES: tuple[Strike, ...] = (
    before_the_claim,
    *(partial(at, place) for place in ON_THE_WAY_OF_LETTERS),
    while_the_ledger_is_asked,
    while_it_is_handed_over,
    after_its_task_is_finished,
)
