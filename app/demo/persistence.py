"""Tries like a person does: when a page does not come, look whether it worked, and if not, do it again.

The times given are for a slow machine on which a killed worker's lease has to run out first.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from requests import RequestException
from sqlalchemy.exc import DBAPIError

from app.demo.visitor import Lost

_PAUSE_SECONDS = 0.5
_GIVE_UP_SECONDS = 300.0
_Read = TypeVar("_Read")


def persistently(step: Callable[[], object], *, done: Callable[[], bool]) -> None:
    """Do `step` until `done`. Raises what the step raised last when that takes too long."""
    give_up_at = time.monotonic() + _GIVE_UP_SECONDS
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


def once_it_answers(read: Callable[[], _Read]) -> _Read:
    """What `read` finds in the database, also when that is just being started again. Raises what it raised last."""
    give_up_at = time.monotonic() + _GIVE_UP_SECONDS
    while True:
        try:
            return read()
        except DBAPIError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(_PAUSE_SECONDS)
