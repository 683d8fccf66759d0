"""The ticker: sweeps and starts schedules, a few times a second, until it is told to stop."""

import threading

from redis import RedisError
from sqlalchemy.exc import DBAPIError

from app.kit.ground import Ground
from app.kit.log import get_log
from app.tasks.schedules import start_due
from app.tasks.sweeper import sweep

_log = get_log("tasks")
_BEAT_SECONDS = 0.25
_AFTER_FAILURE_SECONDS = 2.0


def tick_until(ground: Ground, stopped: threading.Event) -> None:
    """Tick until `stopped` is set. A database that is away is waited for, not died of."""
    pause = 0.0
    while not stopped.wait(pause):
        try:
            start_due(ground)
            sweep(ground)
            pause = _BEAT_SECONDS
        except (DBAPIError, RedisError) as away:
            _log.warning("ticker.waiting", reason=type(away).__name__)
            pause = _AFTER_FAILURE_SECONDS
