"""The demo's clock is helped along to what waits for minutes only, and to nothing else."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.demo.idleness import NeverIdle, wait_idle
from app.demo.vendors import Vendors
from app.kit.ground import Ground
from app.reminders.planning import plan_tenant
from tests.reminders.tables import add_customer, add_invoice, change
from tests.sandbox.client import SandboxClient
from tests.support.tenants import make_tenant, make_user

_IN_MINUTES = timedelta(minutes=5)


@pytest.mark.parametrize(("why", "is_waited_for"), [("stale_mirror", True), ("bad_email", False)])
def test_what_the_gate_looks_at_again_in_minutes_is_waited_for(
    sandbox_ground: Ground, sandbox: SandboxClient, why: str, is_waited_for: bool
) -> None:
    tenant = _tenant_with_a_reminder(sandbox_ground)
    again_at = sandbox.now() + _IN_MINUTES
    held = "UPDATE reminder SET state = 'held', reason_code = :why, due_at = :again_at"
    change(sandbox_ground, tenant, held, why=why, again_at=again_at)
    change(sandbox_ground, tenant, "DELETE FROM task")
    wait_idle(sandbox_ground, Vendors(sandbox.url), within_seconds=60)
    assert (sandbox.now() >= again_at) is is_waited_for


def test_work_that_nobody_does_is_named(sandbox_ground: Ground, sandbox: SandboxClient) -> None:
    tenant = _tenant_with_a_reminder(sandbox_ground)
    change(sandbox_ground, tenant, "UPDATE task SET run_at = :now", now=sandbox.now())
    with pytest.raises(NeverIdle, match="waiting"):
        wait_idle(sandbox_ground, Vendors(sandbox.url), within_seconds=0.5)


def _tenant_with_a_reminder(ground: Ground) -> UUID:
    tenant = make_tenant(ground)
    make_user(ground, tenant)
    add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    plan_tenant(ground, tenant)
    return tenant
