"""Has everything imported and forks a worker for each line on its standard input, so that many can be killed.

Answers with the worker's process id. When the nursery ends, its workers end.
"""

import os
import signal
import sys
import threading
from pathlib import Path

from app.composition import load_handlers
from app.kit.clock import OffsetFileClock
from app.kit.ground import Ground
from app.kit.settings import load_settings
from app.tasks.serving import work


def main() -> None:
    """The clock's file is the only argument; settings come from the environment, as a worker's do."""
    load_handlers()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    ends_with_us, _kept_open = os.pipe()
    # What workers log goes nowhere: nobody reads it, and a full pipe would hold them up.
    answers = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os.close(_kept_open)
            os.close(answers)
            _serve(Path(sys.argv[1]), ends_with_us)
        os.write(answers, f"{pid}\n".encode())


def _serve(clock_file: Path, ends_with_nursery: int) -> None:
    """As `duemate worker` does, on the sandbox's clock."""

    def follow() -> None:
        os.read(ends_with_nursery, 1)
        os._exit(1)

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    threading.Thread(target=follow, daemon=True).start()
    try:
        work(Ground.from_settings(load_settings(), clock=OffsetFileClock(clock_file), pool_size=2))
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
