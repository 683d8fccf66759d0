"""Answers a write once per requestid, and gives repeats the outcome that the first call had, faults too.

A requestid is the company's, whatever it was first used for. Source: Intuit's blog of 6 April 2015.
Assumed: it is kept for 24 hours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.rules import Refused

KEPT_FOR = timedelta(hours=24)
LONGEST_KEY = 50
LONGEST_KEY_OF_A_BATCH = 36


@dataclass(frozen=True)
class Outcome:
    """What became of a call, and when."""

    body: dict[str, Any] | Refused
    at: datetime

    def again(self) -> dict[str, Any]:
        if isinstance(self.body, Refused):
            raise self.body
        return self.body


def once(
    books: Books, key: str, run: Callable[[], dict[str, Any]], longest: int = LONGEST_KEY
) -> dict[str, Any]:
    """The remembered outcome of this requestid, or a new one from `run`. Without a key there is no memory."""
    if not key:
        return run()
    if len(key) > longest:
        detail = f"The request id has {len(key)} characters; {longest} is the most."
        raise Refused("2130", "Invalid Request Id", detail, "requestid")
    known: Outcome | None = books.replays.get(key)
    if known is None or books.now() >= known.at + KEPT_FOR:
        known = books.replays[key] = Outcome(_outcome(run), books.now())
    return known.again()


def _outcome(run: Callable[[], dict[str, Any]]) -> dict[str, Any] | Refused:
    try:
        return run()
    except Refused as refused:
        return refused
