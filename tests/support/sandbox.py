"""Starts the sandbox as its own process, which ends with this one however that ends."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.kit.embedded.leash import start_leashed
from tests.kit.embedded.waiting import becomes_true
from tests.sandbox.client import SandboxClient

ROOT = Path(__file__).resolve().parents[2]
_READY = re.compile(r"^sandbox ready on (http://127\.0\.0\.1:\d+), mail on 127\.0\.0\.1:(\d+)$", re.MULTILINE)


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
        "SANDBOX_QUICKBOOKS_WEBHOOK_URL": f"{webhooks_to}/quickbooks",
        "SANDBOX_SES_WEBHOOK_URL": f"{webhooks_to}/ses",
        "SANDBOX_STRIPE_WEBHOOK_URL": f"{webhooks_to}/stripe",
        **variables,
    }
    log = folder / "sandbox.log"
    with log.open("wb") as output:
        process = start_leashed(command, directory=ROOT, output=output, environment=environment)
    try:
        assert becomes_true(lambda: _READY.search(log.read_text()) or process.poll() is not None)
        ready = _READY.search(log.read_text())
        assert ready, f"the sandbox said {log.read_text()!r}"
        client = SandboxClient(ready[1], int(ready[2]), folder / "clock")
        yield client
        client.session.close()
    finally:
        process.terminate()
        process.wait(60)
