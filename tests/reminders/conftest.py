import pytest

from app.kit.ground import Ground
from tests.reminders.journey import Journey, begin
from tests.sandbox.client import SandboxClient


@pytest.fixture
def journey(sandbox_ground: Ground, sandbox: SandboxClient) -> Journey:
    """A connected company whose list waits for its owner."""
    return begin(sandbox_ground, sandbox)
