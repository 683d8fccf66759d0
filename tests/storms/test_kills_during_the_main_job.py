"""Kills worker, web, ticker, Redis and PostgreSQL while the main job runs; the vendors' books are the judge.

What is killed when is tied to the job's own steps, not to the machine's clock: a slow machine has the same storm as a
fast one, and time enough between two kills. Whatever the dead had leased is given up a moment later, as if the minute
of the lease were over; after the last kill the minute is really waited for.
"""

import os
import random
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.connectors.registry import LEDGERS
from app.demo.performance import perform
from app.demo.running import RunningProduct, running_product
from app.demo.stage import Stage
from app.demo.vendors import Vendors
from app.kit.ground import Ground
from tests.support.tasks import let_leases_run_out

SEED = 20261120
_PAUSES = (0.1, 1.5)
# What the dead had asked of a vendor is answered by then.
_HOLD_SECONDS = 2.0
_BACK_WITHIN_SECONDS = 120.0
_LEASE_SOMETHING = ("worker", "postgres")
# Words that the job says at a step, and what is killed a moment later.
_KILLS = (
    ("Signing in", "web"),
    ("Read", "worker"),
    ("Opening a card account", "redis"),
    ("Nothing leaves until", "worker"),
    ("reminders sent", "ticker"),
    ("reminders sent", "postgres"),
    ("A payer opens", "web"),
    ("A payer opens", "worker"),
    ("is paid by bank transfer", "worker"),
    ("reminders sent", "postgres"),
    ("reminders sent", "worker"),
)


class Storm:
    """Hears what the job says, and SIGKILLs something at each of its steps."""

    def __init__(self, product: RunningProduct, ground: Ground) -> None:
        self._product, self._ground = product, ground
        self._random = random.Random(SEED)
        self._ahead = list(_KILLS)
        self._blows: list[threading.Timer] = []
        self.killed: list[str] = []

    def hear(self, line: str) -> None:
        print(line)
        if self._ahead and self._ahead[0][0] in line:
            _, name = self._ahead.pop(0)
            blow = threading.Timer(self._random.uniform(*_PAUSES), self._kill, [name])
            self._blows.append(blow)
            blow.start()

    def _kill(self, name: str) -> None:
        """Between two refreshes of an access token, which hold their connection's row.

        Whoever dies between QuickBooks' answer and the commit once a day costs the consent, in words:
        tests/connectors/quickbooks/test_refresh.py strikes there.
        """
        is_struck = False
        with suppress(OperationalError), self._ground.database.platform() as session:
            session.execute(text("LOCK TABLE connection IN EXCLUSIVE MODE"))
            is_struck = self._strike(name)
        if not is_struck:  # no database to ask
            self._strike(name)
        self.killed.append(name)
        if name in _LEASE_SOMETHING and self._ahead:
            self._let_leases_run_out()

    def _strike(self, name: str) -> bool:
        servers = {"redis": self._product.redis, "postgres": self._product.postgres}
        if name not in servers:
            self._product.supervisor.kill(name, signal.SIGKILL)
        elif kept := servers[name]:
            with suppress(ProcessLookupError):
                os.kill(kept.running.server.pid, signal.SIGKILL)
        return True

    def _let_leases_run_out(self) -> None:
        """Once there is a database again."""
        give_up_at = time.monotonic() + _BACK_WITHIN_SECONDS
        is_done = False
        while not is_done and time.monotonic() < give_up_at:
            time.sleep(_HOLD_SECONDS)
            with suppress(OperationalError):
                let_leases_run_out(self._ground)
                is_done = True

    def pass_over(self) -> None:
        for blow in self._blows:
            blow.join()


@pytest.mark.timeout(1500)
@pytest.mark.parametrize("ledger", LEDGERS)
def test_the_main_job_ends_with_the_right_figures_whatever_is_killed(tmp_path: Path, ledger: str) -> None:
    with running_product(folder=tmp_path, ports=(0, 0, 0), company="demo", seed=7, say=print) as product:
        ground = product.site.ground()
        storm = Storm(product, ground)
        stage = Stage(product.site.web_url, ground, Vendors(product.site.sandbox_url), storm.hear)
        try:
            performed = perform(stage, [ledger])
        finally:
            storm.pass_over()
            ground.database.close()
    assert sorted(storm.killed) == sorted(name for _, name in _KILLS)
    for figures in performed:
        assert figures.faults == []
        assert figures.mirror_equals_ledger
        assert figures.paid == figures.written_back == figures.fees_booked == 3
