import pytest

from app.kit.ground import Ground
from tests.payments.business import Business, open_business
from tests.sandbox.client import SandboxClient
from tests.sandbox.receiver import Receiver


@pytest.fixture
def business(sandbox_ground: Ground, sandbox: SandboxClient, receiver: Receiver) -> Business:
    return open_business(sandbox_ground, sandbox, receiver)


@pytest.fixture
def american(sandbox_ground: Ground, sandbox: SandboxClient, receiver: Receiver) -> Business:
    """A business whose books are in QuickBooks."""
    return open_business(
        sandbox_ground, sandbox, receiver, ledger="quickbooks", currencies=("USD", "EUR", "CAD")
    )
