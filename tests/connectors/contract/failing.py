"""Trouble: refused tokens, limits, silence, nonsense, a lost connection. Never a guess, never a crash."""

from datetime import timedelta

import pytest

from app.connectors.base import Ledger, Resource
from app.connectors.refresh import store_tokens, stored_tokens
from app.connectors.registry import LEDGERS, open_ledger
from app.connectors.tokens import Tokens
from app.kit.errors import Disconnected, Retryable
from app.kit.ground import Ground
from app.models import Connection, ConnectionState
from app.sync.connecting import ConnectedTenant
from tests.connectors.consent import connect
from tests.connectors.contract.ground import Contract
from tests.connectors.contract.stand_in import Bookkeeper
from tests.sandbox.client import SandboxClient


def connection(ground: Ground, tenant: ConnectedTenant) -> Connection:
    with ground.database.tenant(tenant.tenant_id) as session:
        return session.get_one(Connection, (tenant.tenant_id, tenant.connection_id))


class FailingContract(Contract):
    """What an adapter owes when the vendor misbehaves."""

    @pytest.mark.parametrize("kind", ["500", "503", "garbage", "html", "drop-before"])
    def test_a_read_without_a_clear_answer_may_be_asked_again(
        self, ledger: Ledger, bookkeeper: Bookkeeper, kind: str
    ) -> None:
        bookkeeper.fault(kind, times=None)
        with pytest.raises(Retryable):
            ledger.organisation()
        with pytest.raises(Retryable):
            list(ledger.changes(Resource.INVOICES, since=None))
        with pytest.raises(Retryable):
            ledger.invoices(["1"])

    def test_after_the_trouble_everything_is_read(
        self, sandbox_ground: Ground, tenant: ConnectedTenant, bookkeeper: Bookkeeper, sandbox: SandboxClient
    ) -> None:
        bookkeeper.fault("503", times=1)
        with pytest.raises(Retryable):
            open_ledger(sandbox_ground, tenant.tenant_id).organisation()
        sandbox.delete("/control/faults")
        ledger = open_ledger(sandbox_ground, tenant.tenant_id)
        assert any(page.rows for page in ledger.changes(Resource.INVOICES, since=None))

    def test_a_token_refused_in_the_middle_is_renewed_and_the_read_goes_on(
        self, sandbox_ground: Ground, tenant: ConnectedTenant
    ) -> None:
        ledger = open_ledger(sandbox_ground, tenant.tenant_id)
        ledger.organisation()
        with sandbox_ground.database.tenant(tenant.tenant_id) as session:
            row = session.get_one(Connection, (tenant.tenant_id, tenant.connection_id))
            lasting = stored_tokens(sandbox_ground, session, row)
            refused = Tokens("revoked-early", lasting.refresh_token, lasting.expires_at)
            store_tokens(sandbox_ground, session, row, refused)
        assert any(page.rows for page in ledger.changes(Resource.INVOICES, since=None))

    def test_a_token_that_runs_out_in_the_middle_is_renewed(
        self, ledger: Ledger, sandbox: SandboxClient
    ) -> None:
        ledger.organisation()
        sandbox.advance(seconds=self.vendor.access_seconds + 1)
        assert any(page.rows for page in ledger.changes(Resource.INVOICES, since=None))

    def test_a_limit_by_the_minute_is_waited_out_by_everybody(
        self, sandbox_ground: Ground, tenant: ConnectedTenant, bookkeeper: Bookkeeper, sandbox: SandboxClient
    ) -> None:
        bookkeeper.fault("429", times=1, value=42, detail="minute")
        with pytest.raises(Retryable) as limit:
            open_ledger(sandbox_ground, tenant.tenant_id).organisation()
        assert timedelta(seconds=1) <= limit.value.after <= timedelta(seconds=61)
        before = sum(bookkeeper.calls().values())
        with pytest.raises(Retryable):
            open_ledger(sandbox_ground, tenant.tenant_id).organisation()
        assert sum(bookkeeper.calls().values()) == before
        sandbox.advance(seconds=62)
        assert open_ledger(sandbox_ground, tenant.tenant_id).organisation().name

    def test_a_limit_by_the_day_parks_the_tenant_and_says_so(
        self, sandbox_ground: Ground, tenant: ConnectedTenant, bookkeeper: Bookkeeper, sandbox: SandboxClient
    ) -> None:
        if not self.vendor.tells_limits_per_day:
            assert all(window.seconds < 86_400 for window in LEDGERS[self.vendor.key].limits.organisation)
            return
        bookkeeper.fault("429", times=1, value=73_451, detail="day")
        with pytest.raises(Retryable) as limit:
            open_ledger(sandbox_ground, tenant.tenant_id).organisation()
        assert limit.value.after >= timedelta(hours=20)
        parked = connection(sandbox_ground, tenant)
        assert parked.paused_until is not None
        assert parked.paused_reason
        sandbox.advance(seconds=73_460)
        assert open_ledger(sandbox_ground, tenant.tenant_id).organisation().name
        assert connection(sandbox_ground, tenant).state is ConnectionState.ACTIVE

    def test_a_connection_ended_at_the_vendor_is_told_with_its_reason(
        self, sandbox_ground: Ground, tenant: ConnectedTenant, bookkeeper: Bookkeeper
    ) -> None:
        bookkeeper.do("disconnect")
        with pytest.raises(Disconnected, match=LEDGERS[self.vendor.key].display_name):
            open_ledger(sandbox_ground, tenant.tenant_id).organisation()
        ended = connection(sandbox_ground, tenant)
        assert ended.state is ConnectionState.DISCONNECTED
        assert ended.reason

    def test_connecting_again_goes_on_with_the_same_tenant(
        self, sandbox_ground: Ground, tenant: ConnectedTenant, bookkeeper: Bookkeeper
    ) -> None:
        bookkeeper.do("disconnect")
        with pytest.raises(Disconnected):
            open_ledger(sandbox_ground, tenant.tenant_id).organisation()
        again = connect(sandbox_ground, ledger=self.vendor.key)
        assert (again.tenant_id, again.connection_id) == (tenant.tenant_id, tenant.connection_id)
        assert not again.is_new
        assert open_ledger(sandbox_ground, tenant.tenant_id).organisation().name
