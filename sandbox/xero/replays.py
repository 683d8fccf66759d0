"""What Idempotency-Key remembers: six minutes, per app, success and error alike.

A repeat must have the same URL, body and method. What Xero answers otherwise is not documented; 400
with a sentence is assumed. The memory does not look at the organisation.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

REMEMBERED_FOR = timedelta(minutes=6)
LONGEST_KEY = 128


@dataclass(frozen=True)
class Answer:
    """A stored answer, to be given again."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Call:
    """What makes two calls the same call."""

    method: str
    url: str
    body_hash: bytes

    @classmethod
    def of(cls, method: str, url: str, body: bytes) -> "Call":
        return cls(method, url, hashlib.sha256(body).digest())


class KeyReusedError(ValueError):
    """The key was used for another call within the last six minutes."""


@dataclass
class Replays:
    """The keys of the last six minutes, counted from each key's first call."""

    known: dict[str, tuple[Call, Answer, datetime]] = field(default_factory=dict)

    def find(self, key: str, call: Call, now: datetime) -> Answer | None:
        """The answer already given under this key; KeyReusedError if it belonged to another call."""
        self.known = {k: v for k, v in self.known.items() if now < v[2] + REMEMBERED_FOR}
        if key not in self.known:
            return None
        first, answer, _ = self.known[key]
        if first != call:
            raise KeyReusedError
        return answer

    def remember(self, key: str, call: Call, answer: Answer, now: datetime) -> None:
        self.known[key] = (call, answer, now)
