import os
from typing import Any
from uuid import UUID

import pytest

from app.kit.ground import Ground
from tests.reminders.counting import decisions
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


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands its count over; a long run with fewer decisions than were asked for has failed."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["decisions"] = dict(decisions)
    elif decisions.total() < int(os.environ.get("DECISIONS", "0")):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Takes a worker's count."""
    decisions.update(getattr(node, "workeroutput", {}).get("decisions", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many decisions the properties made and checked."""
    if decisions:
        each = ", ".join(f"{who} {number:,}" for who, number in sorted(decisions.items()))
        terminalreporter.write_line(f"decisions made and checked: {decisions.total():,} ({each})")
