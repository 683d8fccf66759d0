"""Where the blows fall: a business, its servers, a worker process, and what happens to money meanwhile."""

import random
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from app.kit.embedded.postgres import RunningPostgres
from app.kit.embedded.redis import RunningRedis
from app.payments.tasks import sweep_events
from app.tasks import kinds
from app.tasks.worker import run_task
from tests.payments.books_flow import hear_and_work
from tests.payments.business import Business
from tests.sandbox.receiver import Received
from tests.storms import due
from tests.storms.crew import Crew
from tests.storms.deeds import Deeds
from tests.storms.halts import MONEY
from tests.storms.mortal import Mortal
from tests.storms.patient import Patient
from tests.storms.workers import Nursery
from tests.support.tasks import let_leases_run_out

# Seconds by which the clock moves between two blows: also beyond Xero's six minutes, and beyond our own eight.
PAUSES = (0, 0, 0, 31, 61, 61, 130, 400, 700)
_PATIENCE = 40
_SOMETHING = 3


@dataclass
class Field:
    """One world, in which everything is random by one seed."""

    business: Business
    postgres: Mortal[RunningPostgres]
    redis: Mortal[RunningRedis]
    database: str
    chance: random.Random
    nursery: Nursery
    deeds: Deeds = field(init=False)
    patients: list[Patient] = field(default_factory=list)
    """Workers who wait for an answer that never comes."""
    crew: Crew = field(init=False)

    def __post_init__(self) -> None:
        self.crew = Crew(self.business.ground, self.redis, self.nursery)
        self.deeds = Deeds(self.business, self.chance)

    @property
    def admin_url(self) -> str:
        """The world's database, for the superuser: through the server that runs now."""
        return self.postgres.running.admin_url.rpartition("/")[0] + f"/{self.database}"

    def due(self, of: Collection[str] = MONEY) -> list[UUID]:
        return due.due(self.business.ground, of)

    def do(self, task: UUID) -> None:
        """In this process, as a worker would."""
        run_task(self.business.ground, task)

    def let_something_happen(self) -> None:
        """Until there is something to do with money."""
        while len(self.due()) < _SOMETHING:
            self.deeds.one()
            self.hear()
            self.business.sandbox.advance(seconds=61)

    def go_on(self) -> None:
        """What is due is not what a blow could meet: it is done, so that other things are."""
        for task in self.due()[:_SOMETHING]:
            self.do(task)

    def hear(self) -> None:
        """What Stripe tells, by webhook or, as those come when they like, by its list."""
        self.deeds.tell()
        with self.business.ground.database.platform() as session:
            sweep_events(session, self.business.ground.clock.now())
        for task in self.due([kinds.SWEEP_EVENTS]):
            self.do(task)

    def pass_over(self) -> None:
        """The blow is over. Who held work is gone, time passes, and a little of what is due is done."""
        self.business.sandbox.delete("/control/faults")
        let_leases_run_out(self.business.ground)
        if pause := self.chance.choice(PAUSES):
            self.business.sandbox.advance(seconds=pause)
        for task in self.due()[: self.chance.randint(0, 2)]:
            self.do(task)

    def come_to_rest(self) -> None:
        """Everything is worked through, and whatever was undone is booked again."""
        self.close()
        for _ in range(_PATIENCE):
            let_leases_run_out(self.business.ground)
            hear_and_work(self.business)
            self.deeds.book_undone_again()
            if self.deeds.is_at_rest() and not self.due():
                return
        raise AssertionError(f"money does not come to rest: {self.business.states()}")

    def close(self) -> None:
        """Nobody is at work any more."""
        self.crew.kill()
        while self.patients:
            self.patients.pop().end()

    def let_leases_run_out(self) -> None:
        let_leases_run_out(self.business.ground)

    def fresh_webhook(self) -> Received | None:
        """One that has come since and that we have not heard; None if none comes."""
        give_up_at = time.monotonic() + 1
        while not (fresh := self.deeds.unheard()) and time.monotonic() < give_up_at:
            time.sleep(0.01)
        return self.chance.choice(fresh) if fresh else None
