"""Consent: connected once, refreshed by one at a time, withdrawn at the vendor."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.connectors.refresh import fresh_tokens, stored_tokens
from app.connectors.registry import LEDGERS, open_ledger
from app.connectors.tokens import Tokens
from app.kit.errors import Disconnected, Retryable
from app.kit.ground import Ground
from app.models import Connection, ConnectionState
from app.sync.connecting import ConnectedTenant, disconnect
from tests.connectors.consent import connect
from tests.connectors.contract.failing import connection
from tests.connectors.contract.ground import Contract
from tests.connectors.contract.stand_in import Bookkeeper
from tests.sandbox.client import SandboxClient

_MANY = 50


class ConsentContract(Contract):
    """What connecting and its tokens owe."""

    def token(self, ground: Ground, tenant: ConnectedTenant) -> str:
        connector = LEDGERS[self.vendor.key]
        return fresh_tokens(ground, connector, tenant.tenant_id, tenant.connection_id).access_token

    def stored(self, ground: Ground, tenant: ConnectedTenant) -> Tokens:
        with ground.database.tenant(tenant.tenant_id) as session:
            row = session.get_one(Connection, (tenant.tenant_id, tenant.connection_id))
            return stored_tokens(ground, session, row)

    def test_connecting_makes_one_tenant_of_one_organisation(
        self, sandbox_ground: Ground, tenant: ConnectedTenant, bookkeeper: Bookkeeper
    ) -> None:
        books = bookkeeper.books()["organisation"]
        row = connection(sandbox_ground, tenant)
        assert tenant.is_new
        assert (row.ledger, row.external_org_id) == (self.vendor.key, books["id"])
        assert row.state is ConnectionState.ACTIVE

    def test_connecting_the_same_organisation_twice_is_one_tenant(
        self, sandbox_ground: Ground, tenant: ConnectedTenant
    ) -> None:
        again = connect(sandbox_ground, ledger=self.vendor.key)
        assert (again.tenant_id, again.is_new) == (tenant.tenant_id, False)
        assert open_ledger(sandbox_ground, tenant.tenant_id).organisation().name

    def test_fifty_at_once_refresh_exactly_once(
        self, sandbox_ground: Ground, tenant: ConnectedTenant, bookkeeper: Bookkeeper, sandbox: SandboxClient
    ) -> None:
        sandbox.advance(seconds=self.vendor.access_seconds - 10)
        before = bookkeeper.token_calls()
        with ThreadPoolExecutor(_MANY) as threads:
            tokens = set(threads.map(lambda _: self.token(sandbox_ground, tenant), range(_MANY)))
        assert bookkeeper.token_calls() == before + 1
        assert tokens == {self.stored(sandbox_ground, tenant).access_token}
        assert open_ledger(sandbox_ground, tenant.tenant_id).organisation().name

    def test_refreshing_for_a_week_keeps_the_connection(
        self, sandbox_ground: Ground, tenant: ConnectedTenant, sandbox: SandboxClient
    ) -> None:
        for _ in range(7):
            sandbox.advance(days=1)
            assert self.token(sandbox_ground, tenant)
        assert open_ledger(sandbox_ground, tenant.tenant_id).organisation().name

    @pytest.mark.parametrize("kind", ["500", "503", "garbage", "html", "drop-before"])
    def test_a_sign_in_service_in_trouble_never_ends_the_connection(
        self,
        sandbox_ground: Ground,
        tenant: ConnectedTenant,
        bookkeeper: Bookkeeper,
        sandbox: SandboxClient,
        kind: str,
    ) -> None:
        sandbox.advance(seconds=self.vendor.access_seconds)
        bookkeeper.identity_fault(kind)
        with pytest.raises(Retryable):
            self.token(sandbox_ground, tenant)
        assert connection(sandbox_ground, tenant).state is ConnectionState.ACTIVE
        assert self.token(sandbox_ground, tenant)

    def test_an_answer_lost_on_the_way_leaves_the_old_token_which_works_again(
        self, sandbox_ground: Ground, tenant: ConnectedTenant, bookkeeper: Bookkeeper, sandbox: SandboxClient
    ) -> None:
        sandbox.advance(seconds=self.vendor.access_seconds)
        bookkeeper.identity_fault("drop")
        with pytest.raises(Retryable):
            self.token(sandbox_ground, tenant)
        assert self.token(sandbox_ground, tenant)

    def test_a_consent_unused_for_half_a_year_ends_with_its_reason(
        self, sandbox_ground: Ground, tenant: ConnectedTenant, bookkeeper: Bookkeeper, sandbox: SandboxClient
    ) -> None:
        sandbox.advance(days=180)
        with pytest.raises(Disconnected, match=LEDGERS[self.vendor.key].display_name):
            self.token(sandbox_ground, tenant)
        assert connection(sandbox_ground, tenant).state is ConnectionState.DISCONNECTED
        before = bookkeeper.token_calls()
        with pytest.raises(Disconnected):
            open_ledger(sandbox_ground, tenant.tenant_id)
        assert bookkeeper.token_calls() == before

    def test_disconnecting_ends_it_at_the_vendor_too(
        self, sandbox_ground: Ground, tenant: ConnectedTenant, bookkeeper: Bookkeeper
    ) -> None:
        disconnect(sandbox_ground, tenant.tenant_id)
        with pytest.raises(Disconnected):
            open_ledger(sandbox_ground, tenant.tenant_id)
        told_before = len(bookkeeper.sandbox.get("/control/deliveries").json())
        bookkeeper.do(f"invoices/{bookkeeper.open_invoice()['number']}/pay")
        bookkeeper.sandbox.advance(seconds=5)
        assert len(bookkeeper.sandbox.get("/control/deliveries").json()) == told_before
