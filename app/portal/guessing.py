"""Slows down whoever guesses tokens. A token has 96 random bits or 256, so this is about load, not about luck."""

import re
import threading
from collections import OrderedDict
from datetime import datetime, timedelta

_SHAPE = re.compile(r"[A-Za-z0-9_-]{16}(?:[A-Za-z0-9_-]{27})?")
_MOST_MISSES = 30
_WITHIN = timedelta(minutes=1)
_MOST_ADDRESSES = 10_000


def is_token(text: str) -> bool:
    """Whether this could be a token at all; anything else needs no look into the database."""
    return _SHAPE.fullmatch(text) is not None


class Misses:
    """Counts unknown tokens per address in this process. A known token is never held back."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, tuple[datetime, int]] = OrderedDict()
        self._lock = threading.Lock()

    def is_too_many(self, address: str, *, now: datetime) -> bool:
        """Count one more miss; whether this address has had its share for the minute."""
        with self._lock:
            began, count = self._counts.pop(address, (now, 0))
            if not timedelta() <= now - began < _WITHIN:
                began, count = now, 0
            self._counts[address] = (began, count + 1)
            while len(self._counts) > _MOST_ADDRESSES:
                self._counts.popitem(last=False)
            return count + 1 > _MOST_MISSES
