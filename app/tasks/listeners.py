"""What waits for the outside without being called: each listener has a thread of its own in the ticker's process."""

import threading
from collections.abc import Callable

from app.kit.ground import Ground

Listen = Callable[[Ground, threading.Event], None]
"""Returns when the event is set, or at once if there is nothing to listen to."""

LISTENERS: dict[str, Listen] = {}


def listens(name: str) -> Callable[[Listen], Listen]:
    """Register the decorated function."""

    def register(listen: Listen) -> Listen:
        if name in LISTENERS:
            raise ValueError(f"{name} listens twice")
        LISTENERS[name] = listen
        return listen

    return register


def start_listeners(ground: Ground, stopped: threading.Event) -> list[threading.Thread]:
    """Start every listener. None of them keeps the process from ending: what it had not stored comes again."""
    threads = [
        threading.Thread(target=listen, args=(ground, stopped), name=name, daemon=True)
        for name, listen in LISTENERS.items()
    ]
    for thread in threads:
        thread.start()
    return threads
