"""Makes the project's Python environment, also where Debian has left out `venv`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


class CannotSetUp(Exception):
    """The machine lacks something; the message says what, and how to get it."""


def python_of(environment: Path) -> str:
    return str(environment / "bin" / "python")


def make_environment(environment: Path, *, cache: Path, pins: Path) -> None:
    """Make it anew, with pip inside. `pins` locks the package virtualenv, for Pythons without `venv`."""
    shutil.rmtree(environment, ignore_errors=True)
    if _has("venv") and _has("ensurepip"):
        _run([sys.executable, "-m", "venv", str(environment)])
    elif _has("pip"):
        _make_with_virtualenv(environment, cache / "virtualenv", pins)
    else:
        raise CannotSetUp(
            f"{sys.executable} has neither venv nor pip. On Debian and Ubuntu: apt-get install python3-venv"
        )


def _make_with_virtualenv(environment: Path, place: Path, pins: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    # A --target is not the system's own environment, so PEP 668 ("externally managed") does not refuse it.
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    _run([*pip, "--require-hashes", "--target", str(place), "-r", str(pins)])
    _run([sys.executable, "-m", "virtualenv", "--no-download", str(environment)], PYTHONPATH=str(place))


def _has(module: str) -> bool:
    ran = subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True, check=False)
    return ran.returncode == 0


def _run(command: list[str], **variables: str) -> None:
    ran = subprocess.run(
        command,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        raise CannotSetUp(f"{' '.join(command)} failed:\n{ran.stdout.strip()}")
