"""Kills worker, web, ticker, Redis and PostgreSQL while the main job runs; the vendors' books are the judge."""

import os
import random
import signal
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from app.connectors.registry import LEDGERS
from app.demo.performance import perform
from app.demo.running import RunningProduct, running_product
from app.demo.stage import Stage
from app.demo.vendors import Vendors

SEED = 20261120
_PAUSES = (4.0, 9.0)
_NAMES = ("worker", "web", "worker", "ticker", "redis", "worker", "postgres")


class Storm(threading.Thread):
    """SIGKILLs something every few seconds until it is told to stop."""

    def __init__(self, product: RunningProduct) -> None:
        super().__init__(daemon=True)
        self._product = product
        self._random = random.Random(SEED)
        self._calm = threading.Event()
        self.killed: list[str] = []

    def run(self) -> None:
        while not self._calm.wait(self._random.uniform(*_PAUSES)):
            name = self._random.choice(_NAMES)
            self._kill(name)
            self.killed.append(name)

    def _kill(self, name: str) -> None:
        servers = {"redis": self._product.redis, "postgres": self._product.postgres}
        if name not in servers:
            self._product.supervisor.kill(name, signal.SIGKILL)
        elif kept := servers[name]:
            with suppress(ProcessLookupError):
                os.kill(kept.running.server.pid, signal.SIGKILL)

    def calm(self) -> None:
        self._calm.set()
        self.join()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("ledger", LEDGERS)
def test_the_main_job_ends_with_the_right_figures_whatever_is_killed(tmp_path: Path, ledger: str) -> None:
    with running_product(folder=tmp_path, ports=(0, 0, 0), company="demo", seed=7, say=print) as product:
        ground = product.site.ground()
        stage = Stage(product.site.web_url, ground, Vendors(product.site.sandbox_url), print)
        storm = Storm(product)
        storm.start()
        try:
            performed = perform(stage, [ledger])
        finally:
            storm.calm()
            ground.database.close()
    assert len(storm.killed) >= 3
    for figures in performed:
        assert figures.faults == []
        assert figures.mirror_equals_ledger
        assert figures.paid == figures.written_back == figures.fees_booked == 3
