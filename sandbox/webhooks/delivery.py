"""One webhook on its way to one address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

ANSWER_WITHIN_SECONDS = 5.0


@dataclass(eq=False)
class Delivery:
    """What is sent and what became of it.

    `status` is one of: queued, held (behind an older one that was not taken), delivered, retrying, lost
    (swallowed by a fault) and given up. With `in_order` nothing later leaves while this one is retried.
    """

    vendor: str
    url: str
    name: str
    body: bytes
    headers: Callable[[], Mapping[str, str]]
    retry_after: Sequence[timedelta]
    given_up: Callable[[], None] | None
    at: datetime
    epoch: int = field(repr=False)
    answer_within: float = ANSWER_WITHIN_SECONDS
    in_order: bool = False
    queued: bool = True
    status: str = "queued"
    answer: str = ""
    tries: int = 0

    @property
    def line(self) -> str:
        """What a fault's `match` is looked for in."""
        return f"POST {urlsplit(self.url).path} {self.name}"

    @property
    def road(self) -> str:
        """Where it goes, whatever the address asks behind it."""
        return self.url.partition("?")[0]

    def next_try_after(self) -> timedelta | None:
        """The wait after the tries made so far; None when there are no more."""
        return self.retry_after[self.tries - 1] if self.tries <= len(self.retry_after) else None

    def as_row(self) -> dict[str, Any]:
        """What the control page shows of it."""
        shown = ("vendor", "url", "name", "status", "answer", "tries")
        return {name: getattr(self, name) for name in shown} | {"at": self.at.isoformat()}
