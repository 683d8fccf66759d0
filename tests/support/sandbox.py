"""Starts the sandbox as its own process, as `duemate run` does."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.sandbox.client import SandboxClient

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
        "SANDBOX_QUICKBOOKS_WEBHOOK_URL": f"{webhooks_to}/quickbooks",
        "SANDBOX_SES_WEBHOOK_URL": f"{webhooks_to}/ses",
        "SANDBOX_STRIPE_WEBHOOK_URL": f"{webhooks_to}/stripe",
        **variables,
    }
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        ready = re.fullmatch(r"sandbox ready on (http://127.0.0.1:\d+), mail on 127.0.0.1:(\d+)\n", line)
        assert ready, f"the sandbox said {line!r}"
        client = SandboxClient(ready[1], int(ready[2]), folder / "clock")
        yield client
        client.session.close()
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()
