"""A connected app for each test."""

import pytest

from tests.sandbox.client import SandboxClient
from tests.sandbox.quickbooks.client import QuickBooksApp


@pytest.fixture
def app(sandbox: SandboxClient) -> QuickBooksApp:
    """The main company, connected by its owner."""
    return QuickBooksApp.connected(sandbox)
