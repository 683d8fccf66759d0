"""One sandbox process for the whole run; a fresh world for each test."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.sandbox.client import SandboxClient
from tests.sandbox.receiver import Receiver

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def started_sandbox(
    folder: Path, webhooks_to: str, *arguments: str, **variables: str
) -> Iterator[SandboxClient]:
    """`python -m sandbox` on free ports with its clock file in `folder`."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--smtp-port", "0"]
    command += ["--clock-file", str(folder / "clock"), *arguments]
    environment = {
        **os.environ,
        "SANDBOX_XERO_WEBHOOK_URL": f"{webhooks_to}/xero",
        "SANDBOX_STRIPE_WEBHOOK_URL": f"{webhooks_to}/stripe",
        **variables,
    }
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        ready = re.fullmatch(r"sandbox ready on (http://127.0.0.1:\d+), mail on 127.0.0.1:(\d+)\n", line)
        assert ready, f"the sandbox said {line!r}"
        client = SandboxClient(ready[1], int(ready[2]))
        yield client
        client.session.close()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@pytest.fixture(scope="session")
def webhook_receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(scope="session")
def running_sandbox(
    tmp_path_factory: pytest.TempPathFactory, webhook_receiver: Receiver
) -> Iterator[SandboxClient]:
    with started_sandbox(tmp_path_factory.mktemp("sandbox"), webhook_receiver.url) as client:
        yield client


@pytest.fixture
def receiver(webhook_receiver: Receiver) -> Receiver:
    """Where this test's webhooks arrive: at /xero and /stripe."""
    webhook_receiver.forget()
    return webhook_receiver


@pytest.fixture
def sandbox(running_sandbox: SandboxClient, receiver: Receiver) -> SandboxClient:
    """The running sandbox with a fresh world; its time is where the last test left it."""
    running_sandbox.reset()
    receiver.forget()
    return running_sandbox
