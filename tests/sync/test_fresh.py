"""What the ledger says about a few invoices right now."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.kit.errors import Disconnected, Retryable
from app.kit.ground import Ground
from app.models import InvoiceState
from app.sync.connecting import ConnectedTenant
from app.sync.fresh import fresh_invoices
from app.sync.identity import INVOICE, mirror_id
from tests.connectors.consent import connect
from tests.sandbox.client import SandboxClient
from tests.sync.books import in_ledger, in_mirror, one, pull_now, rows, sales


@pytest.fixture
def tenant(sandbox_ground: Ground) -> ConnectedTenant:
    connected = connect(sandbox_ground)
    pull_now(sandbox_ground, connected)
    return connected


def open_invoices(sandbox: SandboxClient) -> list[dict[str, Any]]:
    return [invoice for invoice in sales(sandbox) if invoice["status"] == "AUTHORISED"]


def id_of(tenant: ConnectedTenant, invoice: dict[str, Any]) -> UUID:
    return mirror_id(tenant.tenant_id, INVOICE, invoice["id"])


def test_a_payment_a_second_ago_is_seen_and_written_to_the_mirror(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant
) -> None:
    paid, untouched = open_invoices(sandbox)[:2]
    sandbox.advance(seconds=5)
    sandbox.control(f"xero/invoices/{paid['number']}/pay")
    fresh = fresh_invoices(sandbox_ground, tenant.tenant_id, [id_of(tenant, paid), id_of(tenant, untouched)])
    assert fresh[id_of(tenant, paid)].state is InvoiceState.PAID
    assert fresh[id_of(tenant, paid)].amount_due == 0
    assert fresh[id_of(tenant, untouched)].amount_due == Decimal(untouched["amount_due"])
    assert in_mirror(sandbox_ground, tenant) == in_ledger(sandbox)


def test_a_due_date_that_modified_since_does_not_tell_is_seen(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant
) -> None:
    part_paid = next(invoice for invoice in open_invoices(sandbox) if Decimal(invoice["amount_paid"]) > 0)
    sandbox.control(f"xero/invoices/{part_paid['number']}/due", due="2027-03-01")
    fresh = fresh_invoices(sandbox_ground, tenant.tenant_id, [id_of(tenant, part_paid)])
    assert fresh[id_of(tenant, part_paid)].due_on.isoformat() == "2027-03-01"
    assert in_mirror(sandbox_ground, tenant) == in_ledger(sandbox)


def test_reading_the_same_again_is_noted_on_the_row(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant
) -> None:
    invoice_id = id_of(tenant, open_invoices(sandbox)[0])
    statement = "SELECT read_at FROM invoice WHERE id = :id"
    before = one(sandbox_ground, tenant, statement, id=invoice_id)
    sandbox.advance(seconds=30)
    fresh_invoices(sandbox_ground, tenant.tenant_id, [invoice_id])
    assert (one(sandbox_ground, tenant, statement, id=invoice_id) - before).total_seconds() >= 30


def test_a_hundred_invoices_take_a_few_calls(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant
) -> None:
    wanted = [id_of(tenant, invoice) for invoice in sales(sandbox)[:100]]
    before = calls(sandbox)
    assert set(fresh_invoices(sandbox_ground, tenant.tenant_id, wanted)) == set(wanted)
    assert calls(sandbox) - before == 3


def calls(sandbox: SandboxClient) -> int:
    return int(sandbox.get("/control/counters").json()["calls"]["xero GET /xero/api.xro/2.0/Invoices"])


def test_an_invoice_the_ledger_no_longer_has_is_absent_and_deleted_in_the_mirror(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant
) -> None:
    kept, external_id = id_of(tenant, open_invoices(sandbox)[0]), str(uuid4())
    gone = mirror_id(tenant.tenant_id, INVOICE, external_id)
    copied = (
        "customer_id, number, reference, 'open', currency, total, amount_due, amount_paid, amount_credited, "
        "issued_on, due_on, settled_on, changed_at, read_at"
    )
    with sandbox_ground.database.tenant(tenant.tenant_id) as session:
        columns = copied.replace("'open'", "state")
        session.execute(
            text(
                f"INSERT INTO invoice (tenant_id, id, external_id, {columns}) "
                f"SELECT tenant_id, :gone, :external_id, {copied} FROM invoice WHERE id = :kept"
            ),
            {"gone": gone, "external_id": external_id, "kept": kept},
        )
    assert set(fresh_invoices(sandbox_ground, tenant.tenant_id, [kept, gone])) == {kept}
    statement = "SELECT state, amount_due FROM invoice WHERE id = :id"
    assert rows(sandbox_ground, tenant, statement, id=gone) == [("deleted", Decimal(0))]
    assert one(sandbox_ground, tenant, "SELECT state FROM invoice WHERE id = :id", id=kept) == "open"


@pytest.mark.parametrize("kind", ["503", "drop", "garbage", "html"])
def test_a_ledger_that_cannot_be_read_says_nothing_and_changes_nothing(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant, kind: str
) -> None:
    before = rows(sandbox_ground, tenant, "SELECT id, read_at FROM invoice ORDER BY id")
    sandbox.fault("xero", kind, match="/Invoices", times=5)
    with pytest.raises(Retryable):
        fresh_invoices(sandbox_ground, tenant.tenant_id, [id_of(tenant, open_invoices(sandbox)[0])])
    assert rows(sandbox_ground, tenant, "SELECT id, read_at FROM invoice ORDER BY id") == before


def test_a_dead_connection_is_told(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant
) -> None:
    sandbox.control("xero/disconnect")
    with pytest.raises(Disconnected):
        fresh_invoices(sandbox_ground, tenant.tenant_id, [id_of(tenant, open_invoices(sandbox)[0])])


def test_another_tenants_invoices_are_not_there(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant
) -> None:
    stranger = connect(
        sandbox_ground, user="sam@northgate-cycles.example", organisation="Northgate Cycles Ltd"
    )
    wanted = [id_of(tenant, open_invoices(sandbox)[0])]
    assert fresh_invoices(sandbox_ground, stranger.tenant_id, wanted) == {}
    assert fresh_invoices(sandbox_ground, tenant.tenant_id, []) == {}
