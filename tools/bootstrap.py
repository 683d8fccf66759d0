"""`python3 -m tools.bootstrap [--dev]`: makes `.venv` with the locked packages and the command `duemate`.

Does nothing when all of it is there already. May be interrupted and run again at any moment.
"""

import argparse
import fcntl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.command import write_command
from tools.environment import CannotSetUp, make_environment, python_of
from tools.packages import install, is_installed, mark_installed

PROJECT = Path(__file__).resolve().parents[1]
ENVIRONMENT = PROJECT / ".venv"
CACHE = PROJECT / ".cache"
RUN_LOCK = PROJECT / "requirements.lock"
DEV_LOCK = PROJECT / "requirements-dev.lock"


def main() -> None:
    parser = argparse.ArgumentParser(description="Set up this project's own Python environment.")
    parser.add_argument("--dev", action="store_true", help="with the tools for tests and checks")
    wanted = parser.parse_args()
    try:
        with _alone():
            set_up(dev=wanted.dev)
    except CannotSetUp as reason:
        sys.exit(f"{reason}")
    except OSError as failure:
        sys.exit(f"Cannot set up: {failure.strerror}: {failure.filename}")
    except KeyboardInterrupt:
        sys.exit("Interrupted. Run it again to go on.")


def set_up(*, dev: bool) -> None:
    """Make the environment and bring its packages to what the lock says."""
    lock = DEV_LOCK if dev else RUN_LOCK
    if is_installed(ENVIRONMENT, lock):
        return
    if not _works(ENVIRONMENT):
        say(f"making a Python environment in {ENVIRONMENT}")
        make_environment(ENVIRONMENT, cache=CACHE, pins=PROJECT / "tools" / "virtualenv.lock")
    install(ENVIRONMENT, lock, log=CACHE / "pip.log", say=say)
    write_command(ENVIRONMENT, PROJECT)
    # What development needs includes what running needs.
    mark_installed(ENVIRONMENT, [RUN_LOCK, DEV_LOCK] if dev else [RUN_LOCK])


def _works(environment: Path) -> bool:
    """Whether its Python starts, has pip, and was made at this place: scripts in it name their place."""
    question = "import pip, sys; print(sys.prefix); sys.exit(sys.version_info < (3, 11))"
    try:
        asked = subprocess.run(
            [python_of(environment), "-c", question], capture_output=True, text=True, check=True, timeout=60
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    pip = environment / "bin" / "pip"
    moved = pip.is_file() and str(environment) not in pip.read_text(errors="replace")
    return asked.stdout.strip() == str(environment) and not moved


@contextmanager
def _alone() -> Iterator[None]:
    """One set-up at a time: `make run` and `make test` may be started together."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "bootstrap.claim").open("w") as claim:
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another set-up of this project to end")
            fcntl.flock(claim, fcntl.LOCK_EX)
        yield


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
