"""Invoices are edited, voided and paid while they are read: with the next pull nothing is missing."""

from threading import Event, Thread

import pytest
import requests

from app.connectors.base import Resource
from app.connectors.registry import open_ledger
from app.kit.ground import Ground
from app.sync.mirror_check import compare
from app.sync.pull import pull
from tests.connectors.consent import connect
from tests.sandbox.client import SandboxClient
from tests.sync.books import (
    credits_in_ledger,
    credits_in_mirror,
    in_ledger,
    in_mirror,
    money_of,
    one,
    payments_in_ledger,
    payments_in_mirror,
    pull_now,
    rows,
    sales,
)


@pytest.mark.parametrize(("vendor", "seed"), [("xero", 1), ("xero", 2), ("quickbooks", 1), ("quickbooks", 2)])
def test_a_storm_throughout_the_first_pull_loses_nothing(
    sandbox_ground: Ground, sandbox: SandboxClient, vendor: str, seed: int
) -> None:
    # Five pages of invoices, 1,500 of them changed in the same second by an import.
    sandbox.reset(company="large:5000", seed=seed)
    tenant = connect(sandbox_ground, vendor)
    with Storm(sandbox, vendor, seed) as storm:
        pull_now(sandbox_ground, tenant)
        storm.rages_on(times=3)
        pull_now(sandbox_ground, tenant)
    assert storm.rounds > 3
    sandbox.advance(seconds=60)
    pull_now(sandbox_ground, tenant)
    assert money_of(in_mirror(sandbox_ground, tenant)) == money_of(in_ledger(sandbox, vendor))
    assert payments_in_mirror(sandbox_ground, tenant) == payments_in_ledger(sandbox, vendor)
    assert credits_in_mirror(sandbox_ground, tenant) == credits_in_ledger(sandbox, vendor)
    assert compare(sandbox_ground, tenant.tenant_id).is_equal


@pytest.mark.parametrize(("vendor", "seed"), [("xero", 6), ("quickbooks", 6)])
def test_a_storm_throughout_the_daily_read_is_not_mistaken_for_damage(
    sandbox_ground: Ground, sandbox: SandboxClient, vendor: str, seed: int
) -> None:
    sandbox.reset(company="large:3000", seed=seed)
    tenant = connect(sandbox_ground, vendor)
    pull_now(sandbox_ground, tenant)
    sandbox.advance(days=1)
    with Storm(sandbox, vendor, seed) as storm:
        storm.rages_on(times=2)
        pull_now(sandbox_ground, tenant)
    run = "SELECT is_whole, is_equal FROM sync_run ORDER BY started_at DESC LIMIT 1"
    assert rows(sandbox_ground, tenant, run) == [(True, True)]
    sandbox.advance(seconds=60)
    pull_now(sandbox_ground, tenant)
    sandbox.advance(days=1)
    pull_now(sandbox_ground, tenant)
    assert in_mirror(sandbox_ground, tenant) == in_ledger(sandbox, vendor)
    assert rows(sandbox_ground, tenant, run) == [(True, True)]


class Storm:
    """Edits, voids, deletions and merges in the ledger, one burst after the other, until the block is left."""

    def __init__(self, sandbox: SandboxClient, vendor: str, seed: int) -> None:
        self._url, self._vendor, self._seed = sandbox.url, vendor, seed
        self._over = Event()
        self._thread = Thread(target=self._rage)
        self.rounds = 0
        self.failure: Exception | None = None

    def __enter__(self) -> "Storm":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        if self.failure is not None:
            raise self.failure

    def rages_on(self, *, times: int) -> None:
        """Wait for so many more bursts."""
        until = self.rounds + times
        while self.rounds < until and self._thread.is_alive():
            self._thread.join(0.02)

    def _rage(self) -> None:
        try:
            while not self._over.is_set():
                self.rounds += 1
                wishes = {"edits": 15, "seed": self._seed * 1000 + self.rounds}
                # A connection of its own: the client's is used by the other thread.
                answer = requests.post(f"{self._url}/control/{self._vendor}/storm", json=wishes, timeout=30)
                assert answer.ok, answer.text
                self._over.wait(0.1)
        except (AssertionError, requests.RequestException) as failure:
            self.failure = failure


def test_every_page_is_handed_over_about_once(sandbox_ground: Ground, sandbox: SandboxClient) -> None:
    sandbox.reset(company="large:5000", seed=4)
    tenant = connect(sandbox_ground)
    pages = list(open_ledger(sandbox_ground, tenant.tenant_id).changes(Resource.INVOICES, since=None))
    wanted = {invoice["id"] for invoice in sales(sandbox)}
    handed_over = [record.external_id for page in pages for record in page.rows]
    assert set(handed_over) == wanted
    # The walk through the second of the import begins a little before where the ordinary way had come to.
    assert len(handed_over) < len(wanted) + 2 * 1000
    assert pages[0].expected is not None
    assert pages[0].expected >= len(wanted)
    assert pages[-1].complete_until is not None


def test_a_pull_cut_short_after_some_pages_goes_on_there(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    sandbox.reset(company="large:3000", seed=5)
    tenant = connect(sandbox_ground)

    class CutShort(Exception):
        pass

    def stop_after_a_page_of_invoices() -> None:
        if one(sandbox_ground, tenant, "SELECT count(*) FROM invoice"):
            raise CutShort

    with pytest.raises(CutShort):
        pull(sandbox_ground, tenant.tenant_id, tenant.connection_id, renew=stop_after_a_page_of_invoices)
    begun = one(sandbox_ground, tenant, "SELECT count(*) FROM invoice")
    sandbox.control("xero/storm", edits=40, seed=9)
    pull_now(sandbox_ground, tenant)
    read = one(sandbox_ground, tenant, "SELECT rows_read FROM sync_run WHERE state = 'done'")
    assert 0 < begun < 3000
    assert money_of(in_mirror(sandbox_ground, tenant)) == money_of(in_ledger(sandbox))
    assert read < len(sales(sandbox)) + len(payments_in_ledger(sandbox)) + 600
