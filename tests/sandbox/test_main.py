"""The sandbox as a process."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.sandbox.client import SandboxClient, wait_until
from tests.support.sandbox import ROOT, started_sandbox

COMMAND = [sys.executable, "-m", "sandbox", "--port", "0", "--smtp-port", "0"]


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_told_to(sent: signal.Signals) -> None:
    with subprocess.Popen(COMMAND, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("sandbox ready on http://127.0.0.1:")
        process.send_signal(sent)
        assert process.wait(60) == 0


def test_it_ends_when_the_process_that_started_it_is_killed() -> None:
    starter = (
        "import subprocess, sys; child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True); "
        "child.stdout.readline(); print(child.pid, flush=True); child.wait()"
    )
    command = [sys.executable, "-c", starter, *COMMAND]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    wait_until(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == "zombie")


def test_a_taken_port_is_said_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "sandbox", "--port", port, "--smtp-port", "0"]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("the sandbox cannot start: ")
    assert "Traceback" not in ended.stderr


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    with started_sandbox(tmp_path, "http://127.0.0.1:1", SANDBOX_STRIPE_KEY="sk_test_other") as client:
        answers = [
            client.get("/stripe/v1/events", headers={"Authorization": f"Bearer {key}"}).status_code
            for key in ("sk_test_other", "sk_test_duemate_local")
        ]
    assert answers == [200, 401]


def test_it_lives_and_leads_to_its_control_page(sandbox: SandboxClient) -> None:
    assert sandbox.get("/healthz").text == "ok"
    assert sandbox.get("/", allow_redirects=False).headers["Location"] == "/control/"


def test_it_listens_on_this_machine_only(sandbox: SandboxClient) -> None:
    ports = {int(sandbox.url.rpartition(":")[2]), sandbox.smtp_port}
    addresses = [c.laddr for c in psutil.net_connections("tcp") if c.status == "LISTEN" and c.laddr]
    assert {(a.ip, a.port) for a in addresses if a.port in ports} == {("127.0.0.1", port) for port in ports}
