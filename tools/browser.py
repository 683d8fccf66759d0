"""`python -m tools.browser`: finds the Chromium that the tests drive, and installs one if there is none."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SETTING = "DUEMATE_CHROMIUM"
_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The path of a browser that starts, or None."""
    return next((path for path in _candidates() if _starts(path)), None)


def main() -> None:
    found = find_chromium() or _installed()
    if found is None:
        sys.exit(
            "The tests need a Chromium, and none could be installed here. Install the package chromium, or set "
            f"{SETTING} to the path of one."
        )
    sys.stdout.write(f"browser: {found}\n")


def _candidates() -> Iterator[str]:
    wished = os.environ.get(SETTING)
    if wished:
        yield wished
        return
    yield from filter(None, map(shutil.which, _COMMANDS))
    own = _playwright_chromium()
    if own is not None:
        yield own


def _playwright_chromium() -> str | None:
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return None
    try:
        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
    except (Error, OSError):
        return None
    return path if Path(path).exists() else None


def _starts(path: str) -> bool:
    """Ubuntu's chromium-browser may be a stand-in that only says what to install."""
    try:
        asked = subprocess.run([path, "--version"], capture_output=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def _installed() -> str | None:
    """Install one the way this machine allows. Its installer talks to the terminal meanwhile."""
    if os.environ.get(SETTING):
        return None
    if os.geteuid() == 0 and shutil.which("apt-get"):
        sys.stdout.write("installing the package chromium\n")
        sys.stdout.flush()
        _run(["apt-get", "update", "-q"])
        _run(["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"])
    if find_chromium() is None:
        sys.stdout.write("installing Playwright's own Chromium\n")
        sys.stdout.flush()
        _run([sys.executable, "-m", "playwright", "install", "chromium"])
    return find_chromium()


def _run(command: list[str]) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, stdin=subprocess.DEVNULL, env=quiet, check=False, timeout=1200)


if __name__ == "__main__":
    main()
