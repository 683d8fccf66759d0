"""The stand-in's main company: as any other app sees it, and as our adapter does."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from requests import Session

from app.connectors.access import GivenToken
from app.connectors.pace import LimitScope
from app.connectors.quickbooks.client import QuickBooksClient
from app.kit.errors import Retryable
from app.kit.http import new_session
from tests.sandbox.client import SandboxClient
from tests.sandbox.quickbooks.client import QuickBooksApp


class NoPace:
    """Everybody's turn at once."""

    @contextmanager
    def turn(self, kind: str | None = None) -> Iterator[None]:  # noqa: ARG002 (the port's name)
        yield

    def refused(self, scope: LimitScope, after: timedelta, reason: str) -> Retryable:  # noqa: ARG002 (the port's)
        return Retryable(reason, after=after)


@pytest.fixture
def company(sandbox: SandboxClient) -> QuickBooksApp:
    """Another app that its owner has connected: what it reads is what stands in the books."""
    return QuickBooksApp.connected(sandbox)


@pytest.fixture
def session() -> Session:
    """What our adapter speaks HTTP through. A test may hook into it to act between two calls."""
    return new_session()


@pytest.fixture
def quickbooks(company: QuickBooksApp, session: Session) -> QuickBooksClient:
    """Our adapter's client, with a token at hand."""
    return QuickBooksClient(
        session,
        api_url=f"{company.sandbox.url}/quickbooks",
        organisation=company.realm_id,
        access=GivenToken(company.tokens["access_token"]),
        pace=NoPace(),
    )
