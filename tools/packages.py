"""Installs what a lock file says, every file checked against its hash, and remembers having done so."""

import hashlib
import re
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tools.environment import CannotSetUp, python_of

LAST_LINES = 25
TELL_EVERY_SECONDS = 5.0
_LOOK_EVERY_SECONDS = 0.1
_OPTIONS = ["--require-hashes", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]


def install(environment: Path, lock: Path, *, log: Path, say: Callable[[str], None]) -> None:
    """Bring the environment to the lock, with a line every few seconds. Raises CannotSetUp."""
    memory(environment).unlink(missing_ok=True)
    wanted = len(re.findall(r"^[A-Za-z0-9]", lock.read_text(), re.MULTILINE))
    say(f"installing the {wanted} packages of {lock.name}")
    began = told = time.monotonic()
    with log.open("w+", errors="replace") as output:
        command = [python_of(environment), "-m", "pip", "install", *_OPTIONS, "-r", str(lock)]
        pip = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        try:
            while pip.poll() is None:
                time.sleep(_LOOK_EVERY_SECONDS)
                if time.monotonic() - told >= TELL_EVERY_SECONDS:
                    told = time.monotonic()
                    say(f"  {_progress(log, wanted)}, {told - began:.0f} s")
        finally:
            pip.terminate()
            code = pip.wait()
    if code != 0:
        end = "\n".join(log.read_text(errors="replace").splitlines()[-LAST_LINES:])
        raise CannotSetUp(f"pip could not install {lock.name}. The end of {log}:\n{end}")
    say(f"installed in {time.monotonic() - began:.0f} s")


def _progress(log: Path, wanted: int) -> str:
    text = log.read_text(errors="replace")
    if "Installing collected packages" in text:
        return "all fetched, unpacking"
    found = len(re.findall(r"^(?:Collecting|Requirement already satisfied)", text, re.MULTILINE))
    return f"{min(found, wanted)} of {wanted} fetched"


def memory(environment: Path) -> Path:
    """Where the environment keeps the fingerprints of the locks installed in it."""
    return environment / "installed-locks"


def is_installed(environment: Path, lock: Path) -> bool:
    """Whether exactly this lock is installed in an environment that has not been moved since."""
    known = memory(environment)
    if not known.exists() or not Path(python_of(environment)).exists():
        return False
    return _fingerprint(environment, lock) in known.read_text().split()


def mark_installed(environment: Path, locks: Iterable[Path]) -> None:
    memory(environment).write_text("".join(f"{_fingerprint(environment, lock)}\n" for lock in locks))


def _fingerprint(environment: Path, lock: Path) -> str:
    return hashlib.sha256(f"{environment}\n".encode() + lock.read_bytes()).hexdigest()
