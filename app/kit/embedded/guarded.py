"""Runs a server that cannot outlive whoever started it.

`python -m app.kit.embedded.guarded SIGNAL PARENT USER COMMAND...`: become USER (`-` keeps the present one), ask the
kernel to send SIGNAL when the parent dies, and turn into COMMAND. On systems without that kernel service this stays
in between and watches the parent instead.
"""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time

_PR_SET_PDEATHSIG = 1
_WATCH_SECONDS = 0.3


def guarded_command(command: list[str], *, stop_signal: signal.Signals, user: str | None = None) -> list[str]:
    """`command`, wrapped so that it gets `stop_signal` when the calling process dies, however it dies."""
    prefix = [sys.executable, "-I", __file__, str(int(stop_signal)), str(os.getpid()), user or "-"]
    return [*prefix, *command]


def _become(user: str) -> None:
    if user == "-":
        return
    account = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


def _run(number: int, parent: int, user: str, command: list[str]) -> None:
    _become(user)
    if sys.platform != "linux":
        _watch(number, parent, command)
        return
    # After the change of user, which clears it; kept over exec.
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:  # the parent died before the kernel was asked
        sys.exit(1)
    os.execv(command[0], command)


def _watch(number: int, parent: int, command: list[str]) -> None:
    child = subprocess.Popen(command)
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: child.send_signal(number))
    while child.poll() is None:
        if os.getppid() != parent:
            child.send_signal(number)
        time.sleep(_WATCH_SECONDS)
    sys.exit(child.returncode)


if __name__ == "__main__":
    _run(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
