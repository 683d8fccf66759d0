"""Invoices are edited, voided and paid while they are read: with the next pull nothing is missing."""

import pytest

from app.connectors.base import Resource
from app.connectors.registry import open_ledger
from app.kit.ground import Ground
from app.sync.mirror_check import compare
from app.sync.pull import pull
from tests.connectors.consent import connect
from tests.sandbox.client import SandboxClient
from tests.sync.books import (
    in_ledger,
    in_mirror,
    money_of,
    one,
    payments_in_ledger,
    payments_in_mirror,
    pull_now,
    sales,
)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_storm_between_all_pages_loses_nothing(
    sandbox_ground: Ground, sandbox: SandboxClient, seed: int
) -> None:
    # Five pages of invoices, 1,500 of them changed in the same second by an import.
    sandbox.reset(company="large:5000", seed=seed)
    tenant = connect(sandbox_ground)
    rounds: list[int] = []

    def storm() -> None:
        rounds.append(1)
        sandbox.control("xero/storm", edits=15, seed=seed * 100 + len(rounds))

    pull(sandbox_ground, tenant.tenant_id, tenant.connection_id, renew=storm)
    assert len(rounds) > 8
    pull_now(sandbox_ground, tenant)
    assert money_of(in_mirror(sandbox_ground, tenant)) == money_of(in_ledger(sandbox))
    assert payments_in_mirror(sandbox_ground, tenant) == payments_in_ledger(sandbox)
    sandbox.advance(days=1)
    pull_now(sandbox_ground, tenant)
    assert in_mirror(sandbox_ground, tenant) == in_ledger(sandbox)
    assert compare(sandbox_ground, tenant.tenant_id).is_equal


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
