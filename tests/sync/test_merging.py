"""Customers that are merged away: their invoices, wishes, holds and links are followed to the winner."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from app.kit.ground import Ground
from app.models import Hold, HoldScope, OptOut, PayLink
from app.sync.connecting import ConnectedTenant
from app.sync.fresh import fresh_customers
from app.sync.identity import CUSTOMER, mirror_id
from app.sync.pull import pull
from tests.connectors.consent import connect
from tests.sandbox.client import SandboxClient
from tests.support.tasks import run_due
from tests.sync.books import in_ledger, in_mirror, ledger, one, pull_now, rows, sales

VENDORS = ("xero", "quickbooks")


@pytest.fixture(params=VENDORS)
def vendor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def tenant(sandbox_ground: Ground, vendor: str) -> ConnectedTenant:
    """Connected, and pulled for the first time."""
    connected = connect(sandbox_ground, vendor)
    pull_now(sandbox_ground, connected)
    return connected


@pytest.fixture
def pair(sandbox: SandboxClient, vendor: str) -> tuple[dict[str, str], dict[str, str]]:
    """A customer with open invoices, who will lose, and another one of the same currency, who will win."""
    base = ledger(sandbox, vendor)["organisation"]["base_currency"]
    debtors = {
        invoice["contact_id"]
        for invoice in sales(sandbox, vendor)
        if invoice["currency"] == base and Decimal(invoice["amount_due"]) > 0
    }
    active = (contact for contact in ledger(sandbox, vendor)["contacts"] if contact["status"] == "ACTIVE")
    loser, winner, *_ = (contact for contact in active if contact["id"] in debtors)
    return loser, winner


def merge(sandbox: SandboxClient, vendor: str, pair: tuple[dict[str, str], dict[str, str]]) -> None:
    loser, winner = pair
    sandbox.control(f"{vendor}/contacts/{loser['id']}/merge", into=winner["id"])


def give(ground: Ground, tenant: ConnectedTenant, customer_id: UUID) -> None:
    """An opt-out, a hold and a pay link of the customer."""
    now, mine = ground.clock.now(), tenant.tenant_id
    with ground.database.tenant(mine) as session:
        session.add(
            OptOut(
                tenant_id=mine, customer_id=customer_id, channel="email", source="one_click", created_at=now
            )
        )
        session.add(
            Hold(
                tenant_id=mine,
                scope=HoldScope.CUSTOMER,
                subject_id=customer_id,
                reason="In dispute",
                until=date(2030, 1, 1),
                created_at=now,
            )
        )
        session.add(
            PayLink(
                tenant_id=mine,
                id=uuid4(),
                customer_id=customer_id,
                currency="GBP",
                token_hash=uuid4().hex,
                created_at=now,
            )
        )


def owners(ground: Ground, tenant: ConnectedTenant) -> set[tuple[str, UUID]]:
    """Whose the opt-outs, the holds in force and the links are."""
    return {
        (what, customer_id)
        for what, statement in (
            ("opt-out", "SELECT customer_id FROM opt_out"),
            ("hold", "SELECT subject_id FROM hold WHERE lifted_at IS NULL"),
            ("link", "SELECT customer_id FROM pay_link"),
        )
        for (customer_id,) in rows(ground, tenant, statement)
    }


def all_of(customer_id: UUID) -> set[tuple[str, UUID]]:
    return {("opt-out", customer_id), ("hold", customer_id), ("link", customer_id)}


def test_open_invoices_and_wishes_go_with_the_winner(
    sandbox_ground: Ground,
    sandbox: SandboxClient,
    tenant: ConnectedTenant,
    vendor: str,
    pair: tuple[dict[str, str], dict[str, str]],
) -> None:
    loser, winner = (mirror_id(tenant.tenant_id, CUSTOMER, contact["id"]) for contact in pair)
    open_ones = "SELECT count(*) FROM invoice WHERE customer_id = :id AND state = 'open'"
    before = [one(sandbox_ground, tenant, open_ones, id=customer_id) for customer_id in (loser, winner)]
    give(sandbox_ground, tenant, loser)
    sandbox.advance(seconds=60)
    merge(sandbox, vendor, pair)
    pull_now(sandbox_ground, tenant)
    after = [one(sandbox_ground, tenant, open_ones, id=customer_id) for customer_id in (loser, winner)]
    assert after == [0, sum(before)]
    assert one(sandbox_ground, tenant, "SELECT is_active FROM customer WHERE id = :id", id=loser) is False
    assert owners(sandbox_ground, tenant) == all_of(winner)
    sandbox.advance(days=1)
    pull_now(sandbox_ground, tenant)
    assert in_mirror(sandbox_ground, tenant) == in_ledger(sandbox, vendor)


def test_the_losers_reminders_are_planned_for_the_winner(
    sandbox_ground: Ground,
    sandbox: SandboxClient,
    tenant: ConnectedTenant,
    vendor: str,
    pair: tuple[dict[str, str], dict[str, str]],
) -> None:
    loser, winner = (mirror_id(tenant.tenant_id, CUSTOMER, contact["id"]) for contact in pair)
    covered = (
        "SELECT r.customer_id, l.invoice_id FROM reminder r JOIN reminder_invoice l ON l.reminder_id = r.id "
        "WHERE r.customer_id IN (:loser, :winner)"
    )
    run_due(sandbox_ground)
    before = rows(sandbox_ground, tenant, covered, loser=loser, winner=winner)
    sandbox.advance(seconds=60)
    merge(sandbox, vendor, pair)
    pull_now(sandbox_ground, tenant)
    run_due(sandbox_ground)
    after = rows(sandbox_ground, tenant, covered, loser=loser, winner=winner)
    assert {customer_id for customer_id, _ in before} == {loser, winner}
    assert {customer_id for customer_id, _ in after} == {winner}


def test_a_merge_that_the_gate_saw_first_is_followed_all_the_same(
    sandbox_ground: Ground,
    sandbox: SandboxClient,
    tenant: ConnectedTenant,
    vendor: str,
    pair: tuple[dict[str, str], dict[str, str]],
) -> None:
    loser, winner = (mirror_id(tenant.tenant_id, CUSTOMER, contact["id"]) for contact in pair)
    give(sandbox_ground, tenant, loser)
    sandbox.advance(seconds=60)
    merge(sandbox, vendor, pair)
    fresh_customers(sandbox_ground, tenant.tenant_id)
    pull_now(sandbox_ground, tenant)
    assert owners(sandbox_ground, tenant) == all_of(winner)


def test_a_pull_that_breaks_off_does_not_forget_the_merge(
    sandbox_ground: Ground,
    sandbox: SandboxClient,
    tenant: ConnectedTenant,
    vendor: str,
    pair: tuple[dict[str, str], dict[str, str]],
) -> None:
    loser, winner = (mirror_id(tenant.tenant_id, CUSTOMER, contact["id"]) for contact in pair)
    give(sandbox_ground, tenant, loser)
    sandbox.advance(seconds=60)
    merge(sandbox, vendor, pair)

    class CutShort(Exception):
        pass

    def stop_when_the_loser_is_known() -> None:
        if not one(sandbox_ground, tenant, "SELECT is_active FROM customer WHERE id = :id", id=loser):
            raise CutShort

    with pytest.raises(CutShort):
        pull(sandbox_ground, tenant.tenant_id, tenant.connection_id, renew=stop_when_the_loser_is_known)
    pull_now(sandbox_ground, tenant)
    assert owners(sandbox_ground, tenant) == all_of(winner)


def test_what_the_owner_takes_back_at_the_winner_stays_taken_back(
    sandbox_ground: Ground,
    sandbox: SandboxClient,
    tenant: ConnectedTenant,
    vendor: str,
    pair: tuple[dict[str, str], dict[str, str]],
) -> None:
    loser, _winner = (mirror_id(tenant.tenant_id, CUSTOMER, contact["id"]) for contact in pair)
    give(sandbox_ground, tenant, loser)
    merge(sandbox, vendor, pair)
    pull_now(sandbox_ground, tenant)
    with sandbox_ground.database.tenant(tenant.tenant_id) as session:
        session.query(OptOut).delete()
    for _ in range(2):
        sandbox.advance(days=1)
        pull_now(sandbox_ground, tenant)
    assert rows(sandbox_ground, tenant, "SELECT id FROM opt_out") == []


def test_an_archived_customer_keeps_what_is_his(
    sandbox_ground: Ground,
    sandbox: SandboxClient,
    tenant: ConnectedTenant,
    vendor: str,
    pair: tuple[dict[str, str], dict[str, str]],
) -> None:
    loser, _winner = (mirror_id(tenant.tenant_id, CUSTOMER, contact["id"]) for contact in pair)
    give(sandbox_ground, tenant, loser)
    sandbox.advance(seconds=60)
    sandbox.control(f"{vendor}/contacts/{pair[0]['id']}/archive")
    pull_now(sandbox_ground, tenant)
    assert owners(sandbox_ground, tenant) == all_of(loser)
