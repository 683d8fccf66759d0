"""Intuit ends a consent whose token is refreshed twice at once. That never happens, whoever refreshes or dies."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from app.connectors.quickbooks.connector import QUICKBOOKS
from app.connectors.refresh import fresh_tokens, stored_tokens
from app.connectors.registry import open_ledger
from app.connectors.tokens import Tokens
from app.kit.errors import Disconnected
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import Connection, ConnectionState
from app.sync.connecting import ConnectedTenant
from tests.connectors.consent import connect
from tests.sandbox.client import SandboxClient
from tests.support.environment import as_environment
from tests.support.sandbox import ROOT

HOUR = 3600


@pytest.fixture
def tenant(sandbox_ground: Ground) -> ConnectedTenant:
    return connect(sandbox_ground, "quickbooks")


def token(ground: Ground, tenant: ConnectedTenant) -> str:
    return fresh_tokens(ground, QUICKBOOKS, tenant.tenant_id, tenant.connection_id).access_token


def row(ground: Ground, tenant: ConnectedTenant) -> Connection:
    with ground.database.tenant(tenant.tenant_id) as session:
        return session.get_one(Connection, (tenant.tenant_id, tenant.connection_id))


def stored(ground: Ground, tenant: ConnectedTenant) -> Tokens:
    with ground.database.tenant(tenant.tenant_id) as session:
        return stored_tokens(ground, session, row(ground, tenant))


def token_calls(sandbox: SandboxClient) -> int:
    calls = sandbox.get("/control/counters").json()["calls"]
    return int(sum(count for route, count in calls.items() if "/oauth2/v1/tokens/bearer" in route))


def another_process(settings: Settings, tenant: ConnectedTenant, *, threads: int) -> subprocess.Popen[str]:
    """A process that is ready to refresh, and does at the next line it is told."""
    command = [sys.executable, "-m", "tests.connectors.quickbooks.refreshing"]
    process = subprocess.Popen(
        [*command, str(tenant.tenant_id), str(tenant.connection_id), str(threads)],
        cwd=ROOT,
        env=as_environment(settings),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("idle_days", [0, 2])
def test_threads_of_several_processes_at_once_refresh_exactly_once(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant, idle_days: int
) -> None:
    sandbox.advance(seconds=HOUR + idle_days * 24 * HOUR)
    settings = sandbox_ground.settings.model_copy(update={"clock_file": sandbox.clock_file})
    others = [another_process(settings, tenant, threads=8) for _ in range(3)]
    before = token_calls(sandbox)
    with ThreadPoolExecutor(50) as threads:
        told = [threads.submit(process.communicate, "go\n", 60) for process in others]
        here = set(threads.map(lambda _: token(sandbox_ground, tenant), range(47)))
        there = {found for answer in told for found in answer.result()[0].split()}
    assert token_calls(sandbox) == before + 1
    assert here == there == {stored(sandbox_ground, tenant).access_token}
    assert row(sandbox_ground, tenant).state is ConnectionState.ACTIVE
    assert open_ledger(sandbox_ground, tenant.tenant_id).organisation().name


def test_the_value_changes_once_a_day_and_the_newest_is_kept(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant
) -> None:
    values = [stored(sandbox_ground, tenant).refresh_token]
    for _ in range(30):
        sandbox.advance(seconds=2 * HOUR)
        token(sandbox_ground, tenant)
        values.append(stored(sandbox_ground, tenant).refresh_token)
    assert len(set(values)) == 3  # sixty hours
    assert row(sandbox_ground, tenant).state is ConnectionState.ACTIVE


class LineThatGoesDead:
    """Stands before Intuit's token endpoint: the answer arrives here, and never goes on."""

    def __init__(self, sandbox: SandboxClient) -> None:
        self.intuit = f"{sandbox.url}/quickbooks"
        self.answered, self._ended = threading.Event(), threading.Event()
        self.answer: dict[str, Any] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._door())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _door(self) -> type[BaseHTTPRequestHandler]:
        line = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = requests.get(f"{line.intuit}/.well-known/openid_configuration", timeout=10).json()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps({**found, "token_endpoint": f"{line.url}/token"}).encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                names = ("Authorization", "Content-Type", "Accept")
                line.answer = requests.post(
                    f"{line.intuit}/oauth2/v1/tokens/bearer",
                    data=body,
                    headers={name: self.headers[name] for name in names},
                    timeout=10,
                ).json()
                line.answered.set()
                line._ended.wait(30)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Door


@pytest.fixture
def dead_line(sandbox: SandboxClient) -> Iterator[LineThatGoesDead]:
    line = LineThatGoesDead(sandbox)
    yield line
    line.close()


def killed_between_answer_and_commit(
    ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant, dead_line: LineThatGoesDead
) -> None:
    changes = {"clock_file": sandbox.clock_file, "quickbooks_discovery_url": dead_line.url}
    settings = ground.settings.model_copy(update=changes)
    process = another_process(settings, tenant, threads=1)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    is_answered = dead_line.answered.wait(60)
    process.kill()
    process.wait(60)
    process.stdin.close()
    process.stdout.close()
    assert is_answered


def test_a_worker_killed_before_its_commit_leaves_a_value_that_is_good_on_the_same_day(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant, dead_line: LineThatGoesDead
) -> None:
    old = stored(sandbox_ground, tenant)
    sandbox.advance(seconds=2 * HOUR)
    killed_between_answer_and_commit(sandbox_ground, sandbox, tenant, dead_line)
    assert dead_line.answer["refresh_token"] == old.refresh_token
    assert stored(sandbox_ground, tenant) == old
    assert token(sandbox_ground, tenant) not in (old.access_token, dead_line.answer["access_token"])
    assert row(sandbox_ground, tenant).state is ConnectionState.ACTIVE


def test_a_worker_killed_at_the_one_refresh_of_the_day_that_changes_the_value_costs_the_consent_in_words(
    sandbox_ground: Ground, sandbox: SandboxClient, tenant: ConnectedTenant, dead_line: LineThatGoesDead
) -> None:
    old = stored(sandbox_ground, tenant)
    sandbox.advance(days=2)
    killed_between_answer_and_commit(sandbox_ground, sandbox, tenant, dead_line)
    assert dead_line.answer["refresh_token"] != old.refresh_token
    with pytest.raises(Disconnected, match="Please reconnect"):
        token(sandbox_ground, tenant)
    assert row(sandbox_ground, tenant).state is ConnectionState.DISCONNECTED
    again = connect(sandbox_ground, "quickbooks")
    assert again.tenant_id == tenant.tenant_id
    assert open_ledger(sandbox_ground, tenant.tenant_id).organisation().name
