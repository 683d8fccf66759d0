"""Programs are started in order, kept running, and ended."""

import signal
import sys
import time
from pathlib import Path

import pytest

from app.supervisor import Program, ProgramFailed, Supervisor
from tests.kit.embedded.waiting import becomes_true, lives
from tests.supervisor.programs import HAS_A_CHILD, IS_DEAF, program, staying


def test_programs_start_in_order_each_waiting_for_the_one_before(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    needs_the_first = (
        "import pathlib, sys, time; assert pathlib.Path(sys.argv[2]).exists(); "
        "pathlib.Path(sys.argv[1]).touch(); time.sleep(600)"
    )
    said: list[str] = []
    slow = (
        f"import time; time.sleep(0.3); import pathlib; pathlib.Path({str(first)!r}).touch(); time.sleep(600)"
    )
    programs = [
        program("sandbox", slow, ready=first.exists),
        program("web", needs_the_first, second, first, ready=second.exists),
    ]
    with Supervisor(programs, log_folder=tmp_path / "logs", say=said.append) as running:
        assert running.is_ready("sandbox")
        assert running.is_ready("web")
    assert [line.rpartition(" ... ready in ")[0] for line in said] == [
        "starting the sandbox",
        "starting the web",
    ]


def test_all_are_ended_on_leaving(tmp_path: Path) -> None:
    programs = [staying("one", tmp_path / "1"), staying("two", tmp_path / "2")]
    with Supervisor(programs, log_folder=tmp_path, say=lambda _: None) as running:
        pids = [running.pid("one"), running.pid("two")]
        assert all(pid is not None and lives(pid) for pid in pids)
    assert not any(pid is not None and lives(pid) for pid in pids)
    assert running.pid("one") is None
    assert running.restarts("one") == 0


def test_a_killed_program_is_started_again_at_once(tmp_path: Path) -> None:
    said: list[str] = []
    with Supervisor([staying("worker", tmp_path / "1")], log_folder=tmp_path, say=said.append) as running:
        first = running.pid("worker")
        (tmp_path / "1").unlink()
        began = time.monotonic()
        running.kill("worker")
        assert becomes_true(lambda: running.is_ready("worker") and running.pid("worker") != first)
        assert time.monotonic() - began < 10
        assert running.restarts("worker") == 1
    assert "the worker ended by SIGKILL: starting it again" in said


def test_what_a_killed_program_had_started_is_gone_before_it_starts_again(tmp_path: Path) -> None:
    mark = tmp_path / "child"
    with Supervisor([staying("web", mark, HAS_A_CHILD)], log_folder=tmp_path, say=lambda _: None) as running:
        assert becomes_true(lambda: mark.read_text() != "")
        child = int(mark.read_text())
        assert lives(child)
        running.kill("web")
        assert becomes_true(lambda: running.restarts("web") == 1)
        assert becomes_true(lambda: not lives(child))
        assert becomes_true(lambda: mark.read_text() not in ("", str(child)))
        second_child = int(mark.read_text())
    assert becomes_true(lambda: not lives(second_child))


def test_a_program_that_keeps_dying_is_started_less_and_less_often_and_says_where_its_log_is(
    tmp_path: Path,
) -> None:
    said: list[str] = []
    with Supervisor(
        [program("worker", "raise SystemExit(3)")], log_folder=tmp_path, say=said.append
    ) as running:
        assert becomes_true(lambda: running.restarts("worker") >= 3)
    endings = [line for line in said if "ended" in line]
    assert endings[0] == "the worker ended with code 3: starting it again"
    assert (
        endings[1]
        == f"the worker ended with code 3: starting it again in 0.5 s; its log is {tmp_path}/worker.log"
    )
    assert "in 1 s" in endings[2]


def test_a_program_not_to_be_restarted_stays_ended_and_is_not_waited_for(tmp_path: Path) -> None:
    said: list[str] = []
    once = program("demo", "print('done')", restart=False)
    with Supervisor([once], log_folder=tmp_path, say=said.append) as running:
        running.wait()
        assert running.restarts("demo") == 0
    assert said[-1] == "the demo ended with code 0"


def test_one_that_dies_while_starting_ends_the_others_and_shows_its_log(tmp_path: Path) -> None:
    dies = program("web", "print('no database'); raise SystemExit(4)", ready=lambda: False)
    programs = [staying("sandbox", tmp_path / "1"), dies]
    supervisor = Supervisor(programs, log_folder=tmp_path, say=lambda _: None)
    with pytest.raises(ProgramFailed) as failed, supervisor:
        pytest.fail("it must not come so far")
    assert "the web ended with code 4 while starting" in failed.value.reason
    assert "no database" in failed.value.reason
    assert supervisor.pid("sandbox") is None


def test_a_command_that_does_not_exist_is_told_in_plain_words(tmp_path: Path) -> None:
    missing = Program(name="web", command=["/nowhere/duemate"], ready=lambda: False)
    with pytest.raises(ProgramFailed, match="/nowhere/duemate cannot be started: No such file"):
        Supervisor([missing], log_folder=tmp_path, say=lambda _: None).__enter__()


def test_a_deaf_program_is_killed_after_some_seconds(tmp_path: Path) -> None:
    said: list[str] = []
    with Supervisor(
        [staying("worker", tmp_path / "1", IS_DEAF)],
        log_folder=tmp_path,
        say=said.append,
        end_within_seconds=1,
    ) as running:
        pid = running.pid("worker")
        assert pid is not None
        began = time.monotonic()
    assert 1 < time.monotonic() - began < 8
    assert not lives(pid)
    assert "the worker does not end by itself: killing it" in said


def test_output_is_kept_per_program_with_its_name_before_each_line(tmp_path: Path) -> None:
    echoed: list[str] = []
    code = "import sys; print('from', sys.argv[1]); print('aside', file=sys.stderr); print(b'\\xff'.decode('latin-1'))"
    programs = [program(name, code, name, restart=False) for name in ("one", "two")]
    with Supervisor(programs, log_folder=tmp_path, say=lambda _: None, echo=echoed.append) as running:
        running.wait()
    assert (tmp_path / "one.log").read_text() == "one | from one\none | aside\none | ÿ\n"
    assert (tmp_path / "two.log").read_text().startswith("two | from two\n")
    assert min(echoed) == "one | aside"


def test_a_program_gets_its_own_environment_on_top_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OURS", "kept")
    shown = Program(
        name="web",
        command=[sys.executable, "-c", "import os; print(os.environ['OURS'], os.environ['ITS'])"],
        environment={"ITS": "added"},
        restart=False,
    )
    with Supervisor([shown], log_folder=tmp_path, say=lambda _: None) as running:
        running.wait()
    assert (tmp_path / "web.log").read_text() == "web | kept added\n"
    assert "added" not in repr(shown)


def test_another_signal_can_be_sent(tmp_path: Path) -> None:
    said: list[str] = []
    with Supervisor([staying("worker", tmp_path / "1")], log_folder=tmp_path, say=said.append) as running:
        running.kill("worker", signal.SIGUSR1)
        assert becomes_true(lambda: running.restarts("worker") == 1)
    assert "the worker ended by SIGUSR1: starting it again" in said
