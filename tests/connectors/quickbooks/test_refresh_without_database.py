"""The database goes away at the one refresh of the day that changed the value: the consent survives."""

from contextlib import closing

import psycopg
import pytest

from app.connectors.quickbooks.connector import QUICKBOOKS
from app.connectors.refresh import fresh_tokens, stored_tokens
from app.connectors.registry import open_ledger
from app.connectors.tokens import Tokens
from app.kit.ground import Ground
from app.models import Connection, ConnectionState
from app.sync.connecting import ConnectedTenant
from tests.connectors.consent import connect
from tests.sandbox.client import SandboxClient
from tests.support.database_faults import FAULTS


def fail_commits(admin_url: str, deed: str, *, times: int) -> None:
    """The first so many commits of a changed connection fail."""
    with closing(psycopg.connect(admin_url.replace("+psycopg", ""), autocommit=True)) as connection:
        connection.execute("CREATE SEQUENCE met")  # goes on counting whatever is rolled back
        connection.execute(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN "
            f"IF nextval('public.met') <= {times} THEN {deed}; END IF; RETURN NEW; END $$"
        )
        connection.execute(
            "CREATE CONSTRAINT TRIGGER fail AFTER UPDATE ON connection DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION fail()"
        )


def stored(ground: Ground, tenant: ConnectedTenant) -> tuple[Tokens, ConnectionState]:
    with ground.database.tenant(tenant.tenant_id) as session:
        row = session.get_one(Connection, (tenant.tenant_id, tenant.connection_id))
        return stored_tokens(ground, session, row), row.state


@pytest.mark.parametrize("fault", ["connection lost", "disk full"])
def test_a_database_that_does_not_take_the_new_value_at_first_costs_nothing(
    sandbox_ground: Ground, sandbox: SandboxClient, admin_url: str, fault: str
) -> None:
    tenant = connect(sandbox_ground, "quickbooks")
    earlier, _ = stored(sandbox_ground, tenant)
    sandbox.advance(days=2)
    fail_commits(admin_url, FAULTS[fault], times=3)
    renewed = fresh_tokens(sandbox_ground, QUICKBOOKS, tenant.tenant_id, tenant.connection_id)
    assert renewed.refresh_token != earlier.refresh_token
    assert stored(sandbox_ground, tenant) == (renewed, ConnectionState.ACTIVE)
    assert open_ledger(sandbox_ground, tenant.tenant_id).organisation().name
