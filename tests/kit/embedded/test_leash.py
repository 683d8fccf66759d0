"""Programs end with whoever started them."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.kit.embedded.leash import start_leashed
from tests.kit.embedded.waiting import becomes_true, lives, started_python

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]

STARTS_A_SLEEPER = """
import sys, subprocess
from pathlib import Path
from app.kit.embedded.leash import start_leashed
program = start_leashed(
    [sys.executable, "-c", sys.argv[3]], directory=Path(sys.argv[1]), output=1, watch=sys.argv[2] == "watch"
)
program.wait()
"""
TELLS_ITS_NUMBER = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
IS_DEAF = "import os, signal, time; signal.signal(15, signal.SIG_IGN); print(os.getpid(), flush=True); time.sleep(600)"

both_ways = pytest.mark.parametrize("way", ["kernel", "watch"])


@both_ways
def test_a_program_ends_when_its_parent_is_killed(way: str, tmp_path: Path) -> None:
    parent = started_python(STARTS_A_SLEEPER, str(tmp_path), way, TELLS_ITS_NUMBER)
    assert parent.stdout is not None
    program = int(parent.stdout.readline())
    assert lives(program)

    parent.kill()
    parent.wait()

    assert becomes_true(lambda: not lives(program))
    parent.stdout.close()


def test_a_watched_program_that_ignores_the_signal_is_killed_in_the_end(tmp_path: Path) -> None:
    parent = started_python(STARTS_A_SLEEPER, str(tmp_path), "watch", IS_DEAF)
    assert parent.stdout is not None
    program = int(parent.stdout.readline())

    parent.kill()
    parent.wait()

    assert becomes_true(lambda: not lives(program))
    parent.stdout.close()


def test_a_program_outlives_the_thread_that_asked_for_it(tmp_path: Path) -> None:
    started = []

    def start() -> None:
        started.append(start_leashed(SLEEP, directory=tmp_path, output=subprocess.DEVNULL))

    asker = threading.Thread(target=start)
    asker.start()
    asker.join()
    [program] = started

    with pytest.raises(subprocess.TimeoutExpired):
        program.wait(1)
    program.kill()
    program.wait()


@both_ways
def test_a_program_whose_parent_is_already_gone_does_not_start(way: str, tmp_path: Path) -> None:
    script = Path(sys.modules[start_leashed.__module__].__file__ or "").with_name("leash_exec.py")
    somebody_else = str(os.getpid() + 1_000_000)
    touched = tmp_path / "touched"

    ended = subprocess.run(
        [sys.executable, "-I", "-S", str(script), way, somebody_else, "15", "-", tmp_path, "touch", touched],
        check=False,
        timeout=20,
    )

    assert ended.returncode == 70
    assert not touched.exists()


@both_ways
def test_signals_and_the_exit_code_pass_through(way: str, tmp_path: Path) -> None:
    code = "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(7)); print(1, flush=True); time.sleep(600)"
    reading, writing = os.pipe()
    program = start_leashed(
        [sys.executable, "-c", code], directory=tmp_path, output=writing, watch=way == "watch"
    )
    os.close(writing)
    with os.fdopen(reading) as output:
        output.readline()

        program.send_signal(signal.SIGTERM)

        assert program.wait(20) == 7


def test_a_program_gets_only_the_environment_it_is_given(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    program = start_leashed(["/usr/bin/env"], directory=tmp_path, output=writing, environment={"A": "1"})
    os.close(writing)
    with os.fdopen(reading) as output:
        assert "A=1" in (given := output.read().split())
        assert not [line for line in given if line.startswith(("PATH=", "HOME="))]
    program.wait()


def test_a_forked_child_can_start_programs_too(tmp_path: Path) -> None:
    code = """
import os, sys
from pathlib import Path
from app.kit.embedded.leash import start_leashed
start_leashed(["true"], directory=Path(sys.argv[1]), output=1).wait()
child = os.fork()
if child == 0:
    os._exit(start_leashed(["true"], directory=Path(sys.argv[1]), output=1).wait())
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    parent = started_python(code, str(tmp_path))
    told, _ = parent.communicate(timeout=30)
    assert told == "0\n"
