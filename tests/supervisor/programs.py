"""Small programs to look after."""

import sys
from collections.abc import Callable
from pathlib import Path

from app.supervisor import Program

TOUCHES_AND_STAYS = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(600)"
IS_DEAF = (
    "import pathlib, signal, sys, time; signal.signal(15, signal.SIG_IGN); "
    "pathlib.Path(sys.argv[1]).touch(); time.sleep(600)"
)
# Its child takes no notice of the parent's end, as a web server's worker may.
HAS_A_CHILD = (
    "import pathlib, subprocess, sys, time; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
    "pathlib.Path(sys.argv[1]).write_text(str(child.pid)); time.sleep(600)"
)


def program(
    name: str, code: str, *arguments: object, ready: Callable[[], bool] | None = None, restart: bool = True
) -> Program:
    return Program(
        name=name,
        command=[sys.executable, "-c", code, *(str(argument) for argument in arguments)],
        ready=ready,
        restart=restart,
    )


def staying(name: str, mark: Path, code: str = TOUCHES_AND_STAYS) -> Program:
    """It is ready once it has made the file `mark`."""
    return program(name, code, mark, ready=mark.exists)
