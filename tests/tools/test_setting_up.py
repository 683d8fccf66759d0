"""The environment is made once, its command works from any path, and it is made again when moved."""

import subprocess
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.command import write_command
from tools.environment import CannotSetUp
from tools.packages import install, is_installed, mark_installed


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real one, with pip, in a folder whose name needs quoting."""
    place = tmp_path_factory.mktemp("a project's $folder") / ".venv"
    venv.create(place, with_pip=True, symlinks=True)
    return place


@pytest.fixture
def lock(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "requirements.lock"
        path.write_text(text)
        return path

    return write


def test_the_command_finds_the_project_whatever_its_path_is(environment: Path, tmp_path: Path) -> None:
    project = environment.parent
    (project / "app").mkdir()
    (project / "app" / "cli.py").write_text("import sys\ndef main(): print(sys.argv[1:]); return 3\n")
    write_command(environment, project)

    ran = subprocess.run(
        [environment / "bin" / "duemate", "run", "two words"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.stdout, ran.returncode) == ("['run', 'two words']\n", 3)


def test_a_changed_lock_is_noticed(environment: Path, lock: Callable[[str], Path]) -> None:
    first = lock("one==1\n")
    assert not is_installed(environment, first)
    mark_installed(environment, [first])
    assert is_installed(environment, first)
    assert not is_installed(environment, lock("one==2\n"))


def test_a_moved_environment_is_not_trusted(
    environment: Path, lock: Callable[[str], Path], tmp_path: Path
) -> None:
    mark_installed(environment, [lock("one==1\n")])
    moved = tmp_path / "elsewhere"
    moved.symlink_to(environment)
    assert not is_installed(moved, lock("one==1\n"))


def test_what_cannot_be_installed_is_told_with_the_end_of_the_log(
    environment: Path, lock: Callable[[str], Path], tmp_path: Path
) -> None:
    unhashed = lock("click==8.5.1\n")
    mark_installed(environment, [unhashed])
    with pytest.raises(CannotSetUp, match="--require-hashes"):
        install(environment, unhashed, log=tmp_path / "pip.log", say=lambda _: None)
    assert not is_installed(environment, unhashed)
