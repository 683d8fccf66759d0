"""All processes together keep to the vendor's limits, a person at a page is let in first, and a refusal is minded."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr
from redis import Redis

from app.connectors.pace import Limits, LimitScope, Urgency, Window
from app.connectors.quickbooks.client import BATCHES
from app.connectors.registry import LEDGERS, open_ledger
from app.connectors.turns import pace_of
from app.kit.embedded.redis import start_redis
from app.kit.errors import Paused
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import Connection, SyncRun, SyncState, Task, TaskState
from app.sync.connecting import ConnectedTenant
from app.sync.mirror_check import compare
from app.tasks import kinds
from tests.connectors.consent import SECOND, connect
from tests.connectors.hammering import NO_ROOM, hammer
from tests.sandbox.client import SandboxClient
from tests.support.environment import as_environment
from tests.support.tasks import run_due

PROCESSES = 8


@dataclass
class Round:
    """What all hammering processes did together."""

    made: int
    no_room: int
    refused: int
    longest: float


class Hammers:
    """Processes of `hammering.py`, ready to begin."""

    def __init__(self, settings: Settings, clock_file: Path, tenant_id: UUID, processes: int) -> None:
        command = [sys.executable, "-m", "tests.connectors.hammering", str(tenant_id)]
        environment = as_environment(settings.model_copy(update={"clock_file": clock_file}))
        self._running = [
            subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _ in range(processes)
        ]
        assert [self._line(process) for process in self._running] == ["ready"] * processes

    def begin(self, urgency: Urgency, seconds: float) -> None:
        for process in self._running:
            assert process.stdin is not None
            process.stdin.write(f"{urgency.value} {seconds}\n")
            process.stdin.flush()

    def end(self) -> Round:
        told = [self._line(process).split() for process in self._running]
        made, no_room, refused = (sum(int(line[place]) for line in told) for place in range(3))
        return Round(made, no_room, refused, max(float(line[3]) for line in told))

    def round(self, urgency: Urgency, seconds: float) -> Round:
        self.begin(urgency, seconds)
        return self.end()

    def until_there_is_no_room(self) -> Round:
        """As long as this machine needs to use up a minute's calls; the sum."""
        rounds = [self.round(Urgency.INTERACTIVE, 2.5)]
        while not rounds[-1].no_room and len(rounds) < 16:
            rounds.append(self.round(Urgency.INTERACTIVE, 2.5))
        made, no_room, refused = (
            sum(getattr(one, name) for one in rounds) for name in ("made", "no_room", "refused")
        )
        return Round(made, no_room, refused, max(one.longest for one in rounds))

    def close(self) -> None:
        for process in self._running:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.close()
            process.wait(60)
            process.stdout.close()

    @staticmethod
    def _line(process: "subprocess.Popen[str]") -> str:
        assert process.stdout is not None
        return process.stdout.readline().strip()


@pytest.fixture
def tenant(sandbox_ground: Ground) -> ConnectedTenant:
    return connect(sandbox_ground)


@pytest.fixture
def hammers(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant
) -> Iterator[Callable[[int], Hammers]]:
    started = []

    def start(processes: int) -> Hammers:
        one = Hammers(sandbox_ground.settings, sandbox.clock_file, tenant.tenant_id, processes)
        started.append(one)
        return one

    yield start
    for one in started:
        one.close()


def asked(sandbox: SandboxClient) -> int:
    calls = sandbox.get("/control/counters").json()["calls"]
    return sum(count for name, count in calls.items() if "Organisation" in name)


def connection_of(ground: Ground, tenant: ConnectedTenant) -> Connection:
    with ground.database.tenant(tenant.tenant_id) as session:
        return session.get_one(Connection, (tenant.tenant_id, tenant.connection_id))


def test_eight_processes_never_exceed_a_minute_or_five_at_once(
    sandbox: SandboxClient, hammers: Callable[[int], Hammers]
) -> None:
    eight = hammers(PROCESSES)
    first = eight.until_there_is_no_room()
    assert first.refused == 0
    assert 50 <= first.made <= 60
    assert first.no_room > 0
    sandbox.advance(seconds=30)
    assert first.made + eight.round(Urgency.INTERACTIVE, 0.5).made <= 60
    sandbox.advance(seconds=40)
    last = eight.until_there_is_no_room()
    assert last.refused == 0
    assert 55 <= last.made <= 60


def test_several_processes_never_exceed_ten_calls_a_second_at_quickbooks(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground, "quickbooks")
    several = Hammers(sandbox_ground.settings, sandbox.clock_file, tenant.tenant_id, 3)
    began = time.monotonic()
    done = several.round(Urgency.INTERACTIVE, 3)
    lasted = time.monotonic() - began
    several.close()
    assert done.refused == 0
    assert 10 <= done.made <= 10 * (lasted + 1)


def test_batches_have_a_limit_of_their_own(sandbox_ground: Ground) -> None:
    pace = pace_of(sandbox_ground, LEDGERS["quickbooks"], "a-company", Urgency.INTERACTIVE)

    def batch() -> None:
        with pace.turn(BATCHES):
            pass

    for _ in range(40):
        batch()
    with pytest.raises(Paused, match=NO_ROOM) as full:
        batch()
    assert full.value.after > timedelta(seconds=40)
    with pace.turn():
        pass


def test_a_person_waits_only_moments_beside_pulls_that_take_all_they_may(
    sandbox_ground: Ground,
    sandbox: SandboxClient,
    tenant: ConnectedTenant,
    hammers: Callable[[int], Hammers],
) -> None:
    pulls = hammers(PROCESSES)
    sandbox.fault("xero", "latency", value=0.15, times=1_000)
    pulls.begin(Urgency.BACKGROUND, 4)
    time.sleep(0.5)
    made, no_room, refused, longest = hammer(sandbox_ground, tenant.tenant_id, Urgency.INTERACTIVE, 2)
    background = pulls.end()
    print(f"a person's longest wait was {longest:.2f} s, 0.15 s of it the vendor's")
    assert (no_room, refused, background.refused) == (0, 0, 0)
    assert made
    assert longest < 3
    assert 0 < background.made <= 42


def test_a_refusal_is_minded_by_everybody_until_its_end(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant
) -> None:
    sandbox.fault("xero", "429", value=40, detail="minute")
    with pytest.raises(Paused, match="per-minute") as refusal:
        open_ledger(sandbox_ground, tenant.tenant_id).organisation()
    assert refusal.value.after == timedelta(seconds=40)
    before = asked(sandbox)
    another = Ground.from_settings(sandbox_ground.settings, clock=sandbox_ground.clock)
    with pytest.raises(Paused, match=NO_ROOM) as pause:
        open_ledger(another, tenant.tenant_id, urgency=Urgency.INTERACTIVE).organisation()
    assert timedelta(seconds=30) < pause.value.after <= timedelta(seconds=40)
    assert asked(sandbox) == before
    sandbox.advance(seconds=41)
    assert open_ledger(another, tenant.tenant_id).organisation().base_currency == "GBP"
    another.database.close()


def test_a_refusal_for_one_organisation_stops_no_other_and_one_for_the_app_stops_all(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant
) -> None:
    second = connect(sandbox_ground, organisation=SECOND)
    sandbox.fault("xero", "429", value=50, detail="minute")
    with pytest.raises(Paused):
        open_ledger(sandbox_ground, tenant.tenant_id).organisation()
    assert open_ledger(sandbox_ground, second.tenant_id).organisation().name == SECOND
    sandbox.advance(seconds=60)
    sandbox.fault("xero", "429", value=50, detail="appminute")
    with pytest.raises(Paused):
        open_ledger(sandbox_ground, tenant.tenant_id).organisation()
    with pytest.raises(Paused, match=NO_ROOM):
        open_ledger(sandbox_ground, second.tenant_id).organisation()


def test_a_used_up_day_parks_the_tenant_until_the_reset_even_if_redis_forgets(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant, redis_url: str
) -> None:
    sandbox.fault("xero", "429", value=7_200, detail="day")
    with pytest.raises(Paused, match="daily"):
        open_ledger(sandbox_ground, tenant.tenant_id).organisation()
    with Redis.from_url(redis_url) as redis:
        redis.flushall()
    before = asked(sandbox)
    with pytest.raises(Paused, match="daily") as pause:
        open_ledger(sandbox_ground, tenant.tenant_id, urgency=Urgency.INTERACTIVE)
    assert timedelta(seconds=7_100) < pause.value.after <= timedelta(seconds=7_200)
    assert asked(sandbox) == before
    sandbox.advance(seconds=7_201)
    assert open_ledger(sandbox_ground, tenant.tenant_id).organisation().base_currency == "GBP"


def test_a_reconnect_asks_the_vendor_again(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant
) -> None:
    sandbox.fault("xero", "429", value=7_200, detail="day")
    with pytest.raises(Paused):
        open_ledger(sandbox_ground, tenant.tenant_id).organisation()
    assert connection_of(sandbox_ground, tenant).paused_until is not None
    connect(sandbox_ground)
    connection = connection_of(sandbox_ground, tenant)
    assert (connection.paused_until, connection.paused_reason) == (None, None)
    assert open_ledger(sandbox_ground, tenant.tenant_id).organisation().base_currency == "GBP"


def test_a_pull_that_finds_no_room_goes_on_by_itself_and_no_try_is_counted(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant
) -> None:
    connector, organisation = LEDGERS["xero"], connection_of(sandbox_ground, tenant).external_org_id
    others = pace_of(sandbox_ground, connector, organisation, Urgency.PROMPT)
    for _ in range(38):
        with others.turn():
            continue
    run_due(sandbox_ground)
    with sandbox_ground.database.platform() as session:
        task = session.query(Task).filter(Task.kind == kinds.SYNC_PULL).one()
    assert (task.state, task.attempts) == (TaskState.WAITING, 0)
    assert NO_ROOM in (task.reason or "")
    assert timedelta(seconds=40) < task.run_at - sandbox_ground.clock.now() < timedelta(seconds=65)
    sandbox.advance(seconds=65)
    run_due(sandbox_ground)
    with sandbox_ground.database.tenant(tenant.tenant_id) as session:
        latest = session.query(SyncRun).order_by(SyncRun.started_at.desc()).first()
    assert latest is not None
    assert latest.state is SyncState.DONE
    assert compare(sandbox_ground, tenant.tenant_id).is_equal


def test_calls_go_on_when_redis_dies(sandbox_ground: Ground, tenant: ConnectedTenant, tmp_path: Path) -> None:
    redis = start_redis(folder=tmp_path)
    settings = sandbox_ground.settings.model_copy(update={"redis_url": SecretStr(redis.url)})
    ground = Ground.from_settings(settings, clock=sandbox_ground.clock)
    ledger = open_ledger(ground, tenant.tenant_id)
    assert ledger.organisation().base_currency == "GBP"
    redis.stop()
    assert ledger.organisation().base_currency == "GBP"
    made, no_room, refused, longest = hammer(ground, tenant.tenant_id, Urgency.INTERACTIVE, 2)
    assert (made, refused) == (14, 0)
    assert no_room > 0
    assert longest < 3  # two seconds after Redis was lost it is asked once more
    ground.database.close()


def test_a_day_that_we_have_used_up_ourselves_is_told_to_the_owner_too(
    sandbox_ground: Ground, tenant: ConnectedTenant
) -> None:
    a_few_a_day = replace(LEDGERS["xero"], limits=Limits((Window(calls=10, seconds=86_400),), (), at_once=5))
    organisation = connection_of(sandbox_ground, tenant).external_org_id

    def call(urgency: Urgency) -> None:
        ids = {"tenant_id": tenant.tenant_id, "connection_id": tenant.connection_id}
        with pace_of(sandbox_ground, a_few_a_day, f"{organisation}-2", urgency, **ids).turn():
            pass

    for _ in range(7):
        call(Urgency.BACKGROUND)
    with pytest.raises(Paused, match=NO_ROOM):
        call(Urgency.BACKGROUND)
    assert connection_of(sandbox_ground, tenant).paused_until is None
    for _ in range(3):
        call(Urgency.INTERACTIVE)
    with pytest.raises(Paused, match="Xero's daily limit is used up") as used_up:
        call(Urgency.INTERACTIVE)
    connection = connection_of(sandbox_ground, tenant)
    assert connection.paused_reason == used_up.value.reason
    assert connection.paused_until is not None
    left = connection.paused_until - sandbox_ground.clock.now()
    assert timedelta(hours=22) < left < timedelta(hours=26)


def test_a_vendors_word_is_final_before_there_is_a_connection(sandbox_ground: Ground) -> None:
    pace = pace_of(sandbox_ground, LEDGERS["xero"], "an-organisation", Urgency.INTERACTIVE)
    error = pace.refused(LimitScope.DAY, timedelta(hours=3), "The day is used up.")
    assert isinstance(error, Paused)
    assert (error.reason, error.after) == ("The day is used up.", timedelta(hours=3))
    with pace.turn():
        pass
