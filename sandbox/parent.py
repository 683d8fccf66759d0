"""Ends this process when the one that started it is gone, however that one ended."""

import os
import signal
import threading
import time

LOOK_EVERY_SECONDS = 0.2


def end_with_parent() -> None:
    """Watch the parent from a thread and send ourselves SIGTERM once it is another.

    Polling rather than Linux's PR_SET_PDEATHSIG: that one fires already when the *thread* that started us
    ends, and a supervisor may well start its programs from short-lived threads.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_EVERY_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent watch", daemon=True).start()
