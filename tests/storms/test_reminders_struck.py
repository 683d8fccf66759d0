"""A reminder's worker dies at each step of its way, on each channel: it arrives once, and by that channel.

Judged by what the stand-ins' own boxes have.
"""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from app.connectors.registry import LEDGERS
from app.kit.clock import OffsetFileClock
from app.kit.embedded.postgres import RunningPostgres
from app.kit.embedded.redis import RunningRedis
from app.kit.ground import Ground
from tests.phones.business import begin_with_phones
from tests.reminders.journey import begin
from tests.sandbox.client import SandboxClient
from tests.sandbox.receiver import Receiver
from tests.storms.crew import Crew
from tests.storms.letters import CHANNELS, Letters
from tests.storms.mortal import Mortal
from tests.storms.strikes import STRIKES, Scene, Strike
from tests.storms.workers import Nursery

_TRIES = 3


def is_met(strike: Strike, scene: Scene, channel: str) -> bool:
    """Whether it struck a reminder of this channel; on a busy machine one may be past the place before."""
    scene.letters.one(channel)
    has_met = strike(scene)
    scene.letters.see_through()
    return has_met


@pytest.fixture
def letters(
    ledger: str, sandbox_ground: Ground, sandbox: SandboxClient, receiver: Receiver
) -> Iterator[Letters]:
    """A company that has reminders to send by each channel, on a working morning."""
    books = sandbox.get(f"/control/{ledger}/ledger").json()
    begun = begin(sandbox_ground, sandbox, ledger, zone=ZoneInfo(books["organisation"]["timezone"]))
    told_here = sandbox_ground.settings.model_copy(update={"public_url": receiver.url})
    begun.ground = Ground.from_settings(told_here, clock=OffsetFileClock(sandbox.clock_file))
    one = Letters(begin_with_phones(begun, receiver))
    one.prepare()
    yield one
    begun.ground.database.close()


@pytest.mark.timeout(1500)
@pytest.mark.parametrize("ledger", LEDGERS)
def test_every_reminder_arrives_once(
    ledger: str,
    letters: Letters,
    sandbox: SandboxClient,
    storm_postgres: Mortal[RunningPostgres],
    storm_redis: Mortal[RunningRedis],
) -> None:
    database = letters.ground.settings.database_url.get_secret_value().rpartition("/")[2]
    with Nursery(letters.ground.settings, sandbox.clock_file) as nursery:
        crew = Crew(letters.ground, storm_redis, nursery)
        scene = Scene(letters, crew, storm_postgres, storm_redis, database, ledger)
        for channel in CHANNELS:
            for strike in STRIKES:
                assert any(is_met(strike, scene, channel) for _ in range(_TRIES)), f"{strike}, by {channel}"
        crew.kill()
    assert letters.faults() == []
