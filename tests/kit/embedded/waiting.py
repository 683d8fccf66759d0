"""Waits for what other programs do."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[3]


def becomes_true(condition: Callable[[], object], *, within: float = 60) -> bool:
    """Whether it holds at some moment before the seconds are over."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def lives(pid: int) -> bool:
    """Whether it runs; a zombie that nobody has collected yet does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def family(pid: int) -> list[int]:
    """It and all it has started."""
    return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]


def started_python(code: str, *arguments: str) -> "subprocess.Popen[str]":
    """Another Python of ours, which tells on its output what happened."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
