"""A small process beside the supervisor that ends the programs should the supervisor be killed.

Each program also asks the kernel to be told of our end, but that reaches neither what the program itself has
started nor a program that does not listen. Run as a script with nothing but the standard library:
`python -I -S undertaker.py SECONDS`, the time that programs have to end by themselves. It reads lines `+GROUP`
and `-GROUP`; the end of its input is the end of the supervisor.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable

LOOK_EVERY_SECONDS = 0.1


def main() -> None:
    groups: set[int] = set()
    for line in sys.stdin:
        known = groups.add if line[0] == "+" else groups.discard
        known(int(line[1:]))
    bury(groups, kill_after_seconds=float(sys.argv[1]))


def bury(groups: Iterable[int], *, kill_after_seconds: float) -> None:
    """Ask every process in these groups to end; kill those that have not after some seconds."""
    left = {group for group in groups if _reached(group, signal.SIGTERM)}
    deadline = time.monotonic() + kill_after_seconds
    while left and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_SECONDS)
        left = {group for group in left if _reached(group, 0)}
    for group in left:
        _reached(group, signal.SIGKILL)


def _reached(group: int, number: int) -> bool:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


if __name__ == "__main__":
    main()
