"""However the supervisor ends, so do its programs."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.kit.embedded.waiting import becomes_true, lives, started_python
from tests.supervisor.programs import HAS_A_CHILD, IS_DEAF

SUPERVISES = """
import contextlib, sys
from pathlib import Path
from app.supervisor import Supervisor
from tests.supervisor.programs import staying
folder = Path(sys.argv[1])
programs = [staying("web", folder / "mark", sys.argv[2])]
told = {"log_folder": folder, "say": lambda _: None, "end_within_seconds": float(sys.argv[3])}
# A request may come before we wait.
with contextlib.suppress(KeyboardInterrupt), Supervisor(programs, **told) as running:
    print(running.pid("web"))
    running.wait()
print("ended in order")
"""


@contextmanager
def supervisor_of(
    code: str, folder: Path, *, end_within_seconds: float = 10
) -> "Iterator[tuple[subprocess.Popen[str], int]]":
    """A supervisor as a process of its own, with the number of its one program."""
    supervisor = started_python(SUPERVISES, str(folder), code, str(end_within_seconds))
    assert supervisor.stdout is not None
    with supervisor.stdout:
        yield supervisor, int(supervisor.stdout.readline())
    supervisor.wait(20)


@pytest.mark.parametrize("request_to_end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_end_ends_the_programs_and_returns(
    request_to_end: signal.Signals, tmp_path: Path
) -> None:
    with supervisor_of(HAS_A_CHILD, tmp_path) as (supervisor, program):
        supervisor.send_signal(request_to_end)
        assert supervisor.stdout is not None
        assert supervisor.stdout.read() == "ended in order\n"
    assert supervisor.returncode == 0
    assert not lives(program)
    assert becomes_true(lambda: not lives(int((tmp_path / "mark").read_text())))


def test_a_second_ctrl_c_does_not_wait_for_a_deaf_program(tmp_path: Path) -> None:
    with supervisor_of(IS_DEAF, tmp_path) as (supervisor, program):
        supervisor.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            supervisor.wait(1)
        supervisor.send_signal(signal.SIGINT)
        supervisor.wait(5)
    assert not lives(program)


@pytest.mark.parametrize("code", [HAS_A_CHILD, IS_DEAF], ids=["with a child", "deaf"])
def test_kill_9_of_the_supervisor_leaves_no_orphan(code: str, tmp_path: Path) -> None:
    with supervisor_of(code, tmp_path, end_within_seconds=1) as (supervisor, program):
        supervisor.kill()
    assert becomes_true(lambda: not lives(program))
    child = (tmp_path / "mark").read_text()
    assert child == "" or becomes_true(lambda: not lives(int(child)))
