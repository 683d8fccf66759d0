"""Once a day the mirror is proved against the ledger: whatever was wrong with it is found, mended and told."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from app.kit.ground import Ground
from app.models import Customer
from app.reminders.addresses import first_address
from app.sync.connecting import ConnectedTenant
from app.sync.mirror_check import compare
from tests.connectors.consent import connect
from tests.sandbox.client import SandboxClient
from tests.sync.books import (
    credits_in_ledger,
    credits_in_mirror,
    in_ledger,
    in_mirror,
    ledger,
    one,
    payments_in_ledger,
    payments_in_mirror,
    pull_now,
    rows,
)

VENDORS = ("xero", "quickbooks")


def differing(
    ground: Ground, tenant: ConnectedTenant, sandbox: SandboxClient, vendor: str
) -> list[tuple[object, object]]:
    """Where the mirror is not the ledger's books, row by row."""
    pairs = (
        (in_mirror(ground, tenant), in_ledger(sandbox, vendor)),
        (payments_in_mirror(ground, tenant), payments_in_ledger(sandbox, vendor)),
        (credits_in_mirror(ground, tenant), credits_in_ledger(sandbox, vendor)),
    )
    return [
        ([row for row in mirror if row not in books][:5], [row for row in books if row not in mirror][:5])
        for mirror, books in pairs
        if mirror != books
    ]


def damage(ground: Ground, tenant: ConnectedTenant, statement: str, **values: object) -> None:
    with ground.database.tenant(tenant.tenant_id) as session:
        touched = session.execute(text(statement), values)
        assert touched.rowcount > 0, statement  # type: ignore[attr-defined]


def ghost(ground: Ground, tenant: ConnectedTenant, table: str, *, like: str, key: str) -> None:
    """A row that the ledger never had: a copy of another one under an id of its own."""
    columns = one(
        ground,
        tenant,
        "SELECT string_agg(column_name, ', ') FROM information_schema.columns "
        "WHERE table_name = :name AND column_name NOT IN ('id', 'external_id')",
        name=table,
    )
    damage(
        ground,
        tenant,
        f"INSERT INTO {table} (id, external_id, {columns}) "
        f"SELECT :id, :key, {columns} FROM {table} WHERE {like} LIMIT 1",
        id=uuid4(),
        key=key,
    )


def whole_pull(
    ground: Ground, tenant: ConnectedTenant, sandbox: SandboxClient
) -> tuple[bool, int, bool | None]:
    """Pull a day later; whether the run was whole, how many rows it repaired, and whether it ended equal."""
    sandbox.advance(days=1)
    pull_now(ground, tenant)
    return last_run(ground, tenant)


def last_run(ground: Ground, tenant: ConnectedTenant) -> tuple[bool, int, bool | None]:
    statement = "SELECT is_whole, rows_repaired, is_equal FROM sync_run ORDER BY started_at DESC LIMIT 1"
    [(is_whole, repaired, was_equal)] = rows(ground, tenant, statement)
    return is_whole, repaired, was_equal


@pytest.fixture(params=VENDORS)
def vendor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def tenant(sandbox_ground: Ground, vendor: str) -> ConnectedTenant:
    """Connected, and pulled for the first time."""
    connected = connect(sandbox_ground, vendor)
    pull_now(sandbox_ground, connected)
    return connected


def test_a_first_pull_is_whole_and_equal_and_repairs_nothing(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant, vendor: str
) -> None:
    assert last_run(sandbox_ground, tenant) == (True, 0, True)
    assert not differing(sandbox_ground, tenant, sandbox, vendor)
    assert compare(sandbox_ground, tenant.tenant_id).is_equal


def test_a_mirror_that_is_right_costs_no_call_beyond_the_read(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant, vendor: str
) -> None:
    first = calls(sandbox, vendor)
    assert whole_pull(sandbox_ground, tenant, sandbox) == (True, 0, True)
    # One more is the new access token's: a day has passed.
    assert calls(sandbox, vendor) - first <= first + 1


def calls(sandbox: SandboxClient, vendor: str) -> int:
    counted = sandbox.get("/control/counters").json()["calls"]
    inside = {"xero": "/api.xro/", "quickbooks": "/v3/company/"}[vendor]
    return sum(count for route, count in counted.items() if inside in route)


UNKNOWN_IDS = {"xero": "1b7c5d52-0000-4000-8000-00000000c0de", "quickbooks": "987654"}
GHOSTS = (("invoice", "state = 'open'"), ("credit_note", "true"), ("ledger_payment", "NOT is_deleted"))
DAMAGES: dict[str, tuple[str, ...]] = {
    "rows lost": (
        "DELETE FROM ledger_payment WHERE amount > 0",
        "DELETE FROM credit_note",
        "DELETE FROM invoice WHERE state = 'paid'",
    ),
    "amounts changed": (
        "UPDATE invoice SET amount_due = amount_due + 0.01 WHERE state = 'open'",
        "UPDATE ledger_payment SET amount = amount - 0.01",
        "UPDATE payment_application SET amount = amount - 0.01",
        "UPDATE credit_note SET remaining = remaining + 1",
    ),
    "states changed": (
        "UPDATE invoice SET state = 'deleted' WHERE state = 'open'",
        "UPDATE ledger_payment SET is_deleted = NOT is_deleted",
    ),
    "from the future": (
        "UPDATE invoice SET changed_at = now() + interval '9 years', amount_due = 1 WHERE state = 'open'",
        "UPDATE ledger_payment SET changed_at = now() + interval '9 years', amount = 1",
        "UPDATE credit_note SET changed_at = now() + interval '9 years', remaining = 0.5",
    ),
    "read in the future": (
        "UPDATE invoice SET read_at = now() + interval '9 years', due_on = due_on + 1 WHERE state = 'open'",
    ),
    "ghosts": (),
    "ghosts from the future": ("UPDATE invoice SET changed_at = now() + interval '9 years'",),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_whatever_is_wrong_is_found_and_mended(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant, vendor: str, kind: str
) -> None:
    for table, like in GHOSTS if "ghosts" in kind else ():
        ghost(sandbox_ground, tenant, table, like=like, key=UNKNOWN_IDS[vendor])
    for statement in DAMAGES[kind]:
        damage(sandbox_ground, tenant, statement)
    assert differing(sandbox_ground, tenant, sandbox, vendor)
    is_whole, repaired, was_equal = whole_pull(sandbox_ground, tenant, sandbox)
    assert not differing(sandbox_ground, tenant, sandbox, vendor)
    assert (is_whole, was_equal) == (True, True)
    assert repaired > 0
    assert whole_pull(sandbox_ground, tenant, sandbox) == (True, 0, True)


def test_addresses_that_are_lost_or_broken_are_mended(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant
) -> None:
    before = addresses(sandbox_ground, tenant)
    damage(sandbox_ground, tenant, "UPDATE customer SET emails_sealed = NULL")
    damage(sandbox_ground, tenant, "UPDATE customer SET phone_sealed = 'nonsense'")
    assert addresses(sandbox_ground, tenant) != before
    is_whole, repaired, was_equal = whole_pull(sandbox_ground, tenant, sandbox)
    assert addresses(sandbox_ground, tenant) == before
    assert (is_whole, was_equal) == (True, True)
    assert repaired > 0


def test_an_address_changed_twice_within_a_second_is_the_later_one(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant, vendor: str
) -> None:
    contact = next(one["id"] for one in ledger(sandbox, vendor)["contacts"] if one["status"] == "ACTIVE")
    for address in ("first@kelp.example", "second@kelp.example"):
        sandbox.control(f"{vendor}/contacts/{contact}/email", email=address)
        pull_now(sandbox_ground, tenant)
    assert addresses(sandbox_ground, tenant)[contact] == "second@kelp.example"


def test_a_cursor_from_the_future_hides_no_change(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant, vendor: str
) -> None:
    damage(
        sandbox_ground, tenant, "UPDATE sync_cursor SET changed_since = changed_since + interval '400 days'"
    )
    sandbox.control(f"{vendor}/storm", edits=30, seed=3)
    pull_now(sandbox_ground, tenant)
    assert not differing(sandbox_ground, tenant, sandbox, vendor)
    sandbox.advance(seconds=60)
    pull_now(sandbox_ground, tenant)
    assert last_run(sandbox_ground, tenant)[0] is False


def addresses(ground: Ground, tenant: ConnectedTenant) -> dict[str, str | None]:
    """The address that each customer is written to at."""
    with ground.database.tenant(tenant.tenant_id) as session:
        sealer = ground.sealer(session)
        return {row.external_id: first_address(sealer, row) for row in session.query(Customer)}


def test_a_difference_that_stays_is_told_and_looked_into_again(
    sandbox_ground: Ground, sandbox: SandboxClient
) -> None:
    tenant = connect(sandbox_ground)
    pull_now(sandbox_ground, tenant)
    # The ledger has such a record, but as a bill: nobody may call it gone, and it is no invoice either.
    bill = next(one["id"] for one in ledger(sandbox)["invoices"] if one["type"] == "ACCPAY")
    ghost(sandbox_ground, tenant, "invoice", like="state = 'open' AND currency = 'GBP'", key=bill)
    assert whole_pull(sandbox_ground, tenant, sandbox) == (True, 0, False)
    said = one(sandbox_ground, tenant, "SELECT reason FROM sync_run ORDER BY started_at DESC LIMIT 1")
    assert "Some sums still differ from the ledger's" in said
    assert "invoices, open, in GBP: " in said
    # Once more at once, then once an hour.
    assert [pulled_after(sandbox_ground, tenant, sandbox, minutes) for minutes in (15, 15, 15, 40)] == [
        (True, 0, False),
        (False, 0, None),
        (False, 0, None),
        (True, 0, False),
    ]
    damage(sandbox_ground, tenant, "DELETE FROM invoice WHERE external_id = :bill", bill=bill)
    assert pulled_after(sandbox_ground, tenant, sandbox, 60) == (True, 0, True)
    assert pulled_after(sandbox_ground, tenant, sandbox, 15) == (False, 0, None)


def pulled_after(
    ground: Ground, tenant: ConnectedTenant, sandbox: SandboxClient, minutes: int
) -> tuple[bool, int, bool | None]:
    sandbox.advance(seconds=60 * minutes)
    pull_now(ground, tenant)
    return last_run(ground, tenant)
