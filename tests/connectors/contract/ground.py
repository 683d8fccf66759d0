"""The fixtures of the contract: a company at the vendor's stand-in, connected through real consent."""

from typing import ClassVar

import pytest

from app.connectors.base import Ledger
from app.connectors.registry import open_ledger
from app.kit.ground import Ground
from app.sync.connecting import ConnectedTenant
from tests.connectors.consent import connect
from tests.connectors.contract.stand_in import Bookkeeper, Vendor
from tests.sandbox.client import SandboxClient


class Contract:
    """Inherit this with `vendor` set. Every test gets a fresh world."""

    vendor: ClassVar[Vendor]

    @pytest.fixture
    def bookkeeper(self, sandbox: SandboxClient) -> Bookkeeper:
        return Bookkeeper(self.vendor, sandbox)

    @pytest.fixture
    def tenant(self, sandbox_ground: Ground) -> ConnectedTenant:
        return connect(sandbox_ground, ledger=self.vendor.key)

    @pytest.fixture
    def ledger(self, sandbox_ground: Ground, tenant: ConnectedTenant) -> Ledger:
        return open_ledger(sandbox_ground, tenant.tenant_id)
