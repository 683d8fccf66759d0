from uuid import UUID

import pytest

from app.kit.ground import Ground
from tests.reminders.journey import Journey, begin
from tests.sandbox.client import SandboxClient
from tests.support.tenants import make_tenant


@pytest.fixture
def journey(sandbox_ground: Ground, sandbox: SandboxClient) -> Journey:
    """A connected company whose list waits for its owner."""
    return begin(sandbox_ground, sandbox)


@pytest.fixture
def tenant(ground: Ground) -> UUID:
    """A business without customers."""
    return make_tenant(ground)
