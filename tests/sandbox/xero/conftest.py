"""A connected app for each test."""

import pytest

from tests.sandbox.client import SandboxClient
from tests.sandbox.xero.client import XeroApp


@pytest.fixture
def app(sandbox: SandboxClient) -> XeroApp:
    """The main company, connected by its owner."""
    return XeroApp.connected(sandbox)
