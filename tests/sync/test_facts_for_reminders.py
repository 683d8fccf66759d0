"""What the reminders need to know besides the money: where people are, and what the ledger has mailed itself."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from app.kit.ground import Ground
from app.models import HoldKind
from app.reminders.holds import load_stops
from app.sync.connecting import ConnectedTenant
from app.sync.identity import CUSTOMER, INVOICE, mirror_id
from tests.connectors.consent import connect
from tests.sandbox.client import SandboxClient
from tests.sync.books import ledger, one, pull_now, rows, sales

CODES: Mapping[str, tuple[str, str]] = {"xero": ("Scotland", "SCT"), "quickbooks": ("California", "CA")}
WHERE = "SELECT country_code, region, time_zones FROM customer WHERE id = :id"


def somebody(sandbox: SandboxClient, vendor: str, *, with_address: Mapping[str, str]) -> dict[str, Any]:
    """A customer that no telephone number places anywhere, who moves to this address."""
    customer: dict[str, Any] = ledger(sandbox, vendor)["contacts"][0]
    sandbox.control(f"{vendor}/contacts/{customer['id']}/phone", phone="")
    sandbox.control(f"{vendor}/contacts/{customer['id']}/address", **with_address)
    return customer


@pytest.mark.parametrize("vendor", CODES)
@pytest.mark.parametrize(
    ("address", "told"),
    [
        ({"region": "New York", "country": "US"}, ("US", "NY", ["America/New_York"])),
        ({"region": "", "country": "Ireland"}, ("IE", None, ["Europe/Dublin"])),
        # Of six zones and more nobody knows which; the organisation's own stands.
        ({"region": "", "country": "US"}, ("US", None, None)),
        ({"region": "NY", "country": ""}, (None, None, None)),
    ],
)
def test_a_customers_address_tells_country_state_and_zone(
    sandbox_ground: Ground,
    sandbox: SandboxClient,
    vendor: str,
    address: Mapping[str, str],
    told: tuple[str | None, str | None, list[str] | None],
) -> None:
    tenant = connect(sandbox_ground, vendor)
    customer = somebody(sandbox, vendor, with_address=address)
    pull_now(sandbox_ground, tenant)
    row_id = mirror_id(tenant.tenant_id, CUSTOMER, customer["id"])
    assert rows(sandbox_ground, tenant, WHERE, id=row_id) == [told]


@pytest.mark.parametrize("vendor", CODES)
def test_the_organisations_state_is_kept_while_its_address_names_none(
    sandbox_ground: Ground, sandbox: SandboxClient, vendor: str
) -> None:
    name, code = CODES[vendor]
    tenant = connect(sandbox_ground, vendor)
    sandbox.control(f"{vendor}/region", region=name)
    pull_now(sandbox_ground, tenant)
    assert one(sandbox_ground, tenant, "SELECT region FROM tenant") == code
    sandbox.control(f"{vendor}/region", region="")
    pull_now(sandbox_ground, tenant)
    assert one(sandbox_ground, tenant, "SELECT region FROM tenant") == code


def resting(ground: Ground, tenant: ConnectedTenant) -> dict[UUID, HoldKind]:
    with ground.database.tenant(tenant.tenant_id) as session:
        found = load_stops(session, ground.clock.now().date())
    return {subject: stop.kind for (_, subject), stop in found.items() if stop.kind is HoldKind.OTHER_SENDER}


def test_what_quickbooks_mails_itself_rests_from_the_next_read_on(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground, "quickbooks")
    pull_now(sandbox_ground, tenant)
    assert resting(sandbox_ground, tenant) == {}
    invoice = next(one for one in sales(sandbox, "quickbooks") if one["status"] == "AUTHORISED")
    sandbox.advance(seconds=60)
    sandbox.control(f"quickbooks/invoices/{invoice['number']}/mail")
    pull_now(sandbox_ground, tenant)
    mailed = mirror_id(tenant.tenant_id, INVOICE, invoice["id"])
    assert resting(sandbox_ground, tenant) == {mailed: HoldKind.OTHER_SENDER}
