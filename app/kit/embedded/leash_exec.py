"""Becomes a program that ends when its parent does, however the parent ended.

Run as a script with nothing but the standard library, before the program itself:
`python -I -S leash_exec.py MODE PARENT SIGNAL ACCOUNT DIRECTORY COMMAND...` (ACCOUNT `-`: stay who we are).
MODE `kernel` (Linux): the kernel sends SIGNAL, PR_SET_PDEATHSIG of prctl(2). MODE `watch` (elsewhere): we stay
between the two and look at the parent a few times a second.
"""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

PARENT_GONE = 70
CANNOT_START = 71
PR_SET_PDEATHSIG = 1
LOOK_EVERY_SECONDS = 0.1
KILL_AFTER_SECONDS = 5


def main(arguments: Sequence[str]) -> int:
    mode, parent, number, account, directory, *command = arguments
    _become(account)
    os.chdir(directory)
    if mode == "kernel":
        _let_the_kernel_signal(int(number))
    # The parent may have died before anybody watched it.
    if os.getppid() != int(parent):
        return PARENT_GONE
    try:
        if mode == "watch":
            return _stay_between(int(parent), int(number), command)
        os.execvp(command[0], command)
    except OSError as failure:
        sys.stderr.write(f"{command[0]} cannot be started: {failure.strerror}\n")
    return CANNOT_START


def _become(account: str) -> None:
    """Give up root for good. Must come first: a change of credentials clears the parent-death signal."""
    if account == "-":
        return
    entry = pwd.getpwnam(account)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def _let_the_kernel_signal(number: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) was refused")


def _stay_between(parent: int, number: int, command: Sequence[str]) -> int:
    """Run the program as our child, pass signals on, and end it when the parent is another."""
    program = subprocess.Popen(command, close_fds=False)

    def pass_on(sent: int, _frame: FrameType | None) -> None:
        program.send_signal(sent)

    for passed in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(passed, pass_on)
    while os.getppid() == parent:
        try:
            return program.wait(LOOK_EVERY_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    return _end(program, number)


def _end(program: "subprocess.Popen[bytes]", number: int) -> int:
    program.send_signal(number)
    deadline = time.monotonic() + KILL_AFTER_SECONDS
    while program.poll() is None and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_SECONDS)
    program.kill()
    return program.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
