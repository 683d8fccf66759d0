"""Tries like a person does: when a page does not come, look whether it worked, and if not, do it again."""

import time
from collections.abc import Callable

from requests import RequestException

from app.demo.visitor import Lost

_PAUSE_SECONDS = 0.5


def persistently(step: Callable[[], object], *, done: Callable[[], bool], within_seconds: float = 60) -> None:
    """Do `step` until `done`. Raises what the step raised last when that takes too long."""
    give_up_at = time.monotonic() + within_seconds
    while True:
        try:
            step()
            return
        except (Lost, RequestException):
            if time.monotonic() > give_up_at:
                raise
            time.sleep(_PAUSE_SECONDS)
            if done():
                return
