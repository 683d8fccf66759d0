"""The steps of a reminder on its way, and what strikes there."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from app.kit.embedded.postgres import RunningPostgres
from app.kit.embedded.redis import RunningRedis
from app.tasks.worker import run_task
from tests.storms import due
from tests.storms.crew import Crew
from tests.storms.halts import ON_THE_WAY_OF_LETTERS, Place, blocked, out_of_space
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
        """The world's database, for the superuser: through the server that runs now."""
        return self.postgres.running.admin_url.rpartition("/")[0] + f"/{self.database}"

    def is_any_unfinished(self, tasks: list[UUID]) -> bool:
        return due.is_any_unfinished(self.letters.ground, tasks)


Blow = Callable[[Scene], None]
Strike = Callable[[Scene], bool]
"""Whether a reminder came to where it was to be met."""
Step = Callable[[Blow, Scene], bool]


def before_the_claim(blow: Blow, scene: Scene) -> bool:
    """The ring has come, and nobody has looked at its task."""
    scene.crew.worker().stop()
    due.ring(scene.redis.running.url, scene.letters.dispatches())
    blow(scene)
    scene.crew.go_on()
    return True


def at(place: Place, blow: Blow, scene: Scene) -> bool:
    """Something is written there and not committed."""
    with blocked(scene.admin_url, place) as halt:
        if not scene.crew.hand_out(scene.letters.dispatches(), until=lambda: halt.met() is not None):
            return False
        blow(scene)
    return True


def without_space(place: Place, scene: Scene) -> bool:
    """Nothing can be written there, by nobody who comes by for a while."""
    with out_of_space(scene.admin_url, [place]) as space:
        for task in scene.letters.dispatches():
            with suppress(DBAPIError):
                run_task(scene.letters.ground, task)
        return space.was_met()


def while_the_ledger_is_asked(blow: Blow, scene: Scene) -> bool:
    return _at_call(blow, scene, *_ASKED[scene.ledger])


def while_it_is_handed_over(blow: Blow, scene: Scene) -> bool:
    """The request is sent; the other side takes it, and nobody hears the answer."""
    return _at_call(blow, scene, *_HANDED_OVER[scene.letters.channel])


def after_its_task_is_finished(blow: Blow, scene: Scene) -> bool:
    """Committed, and the ring not yet answered for."""
    tasks = scene.letters.dispatches()
    scene.crew.hand_out(tasks, until=lambda: not scene.is_any_unfinished(tasks))
    blow(scene)
    return bool(tasks) and not scene.is_any_unfinished(tasks)


def _at_call(blow: Blow, scene: Scene, vendor: str, line: str) -> bool:
    sandbox = scene.letters.sandbox
    fault = sandbox.fault(vendor, "latency", match=line, value=_STALL_SECONDS)

    def is_met() -> bool:
        return all(one["id"] != fault for one in sandbox.get("/control/faults").json())

    if not scene.crew.hand_out(scene.letters.dispatches(), until=is_met):
        return False
    blow(scene)
    time.sleep(_STALL_SECONDS)
    return True


def worker_killed(scene: Scene) -> None:
    scene.crew.kill()


def postgres_killed(scene: Scene) -> None:
    scene.postgres.die()


def redis_killed(scene: Scene) -> None:
    scene.redis.die()


def worker_stopped(scene: Scene) -> None:
    """It stands still, its leases run out, others do its work, and it goes on."""
    worker = scene.crew.worker()
    worker.stop()
    scene.letters.others_take_over()
    worker.go_on()


_STEPS: tuple[Step, ...] = (
    before_the_claim,
    *(partial(at, place) for place in ON_THE_WAY_OF_LETTERS),
    while_the_ledger_is_asked,
    while_it_is_handed_over,
    after_its_task_is_finished,
)
_AT_CALLS: tuple[Step, ...] = (while_the_ledger_is_asked, while_it_is_handed_over)
ALL: dict[str, tuple[Strike, ...]] = {
    "worker killed": tuple(partial(step, worker_killed) for step in _STEPS),
    "PostgreSQL killed": tuple(partial(step, postgres_killed) for step in _STEPS),
    "Redis killed": tuple(partial(step, redis_killed) for step in _STEPS),
    "worker stopped": tuple(partial(step, worker_stopped) for step in _AT_CALLS),
    "disk full": tuple(partial(without_space, place) for place in ON_THE_WAY_OF_LETTERS),
}
