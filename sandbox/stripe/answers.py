"""What was answered to each idempotency key.

docs.stripe.com/api/idempotent_requests: v1 repeats the first outcome, a 500 included, for at least 24 hours;
the same key with other parameters is an error; refusals before execution are not kept. v2 repeats successes
only: a retry tries again what failed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.stripe.errors import StripeError, invalid

KEPT_FOR = timedelta(hours=24)
LONGEST_KEY = 255


@dataclass(frozen=True)
class Answer:
    """Status and JSON body as they were first sent, and what was asked."""

    status: int
    body: dict[str, Any]
    asked: str
    at: datetime


class Answers:
    """Kept per account and key, in order of time."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Answer] = {}

    def find(self, account: str, key: str, asked: str, now: datetime) -> Answer | None:
        """The kept answer; raises idempotency_error when the key was used for something else."""
        if len(key) > LONGEST_KEY:
            raise invalid(f"Idempotency-Key must not be longer than {LONGEST_KEY} characters.")
        self._prune(now)
        kept = self._kept.get((account, key))
        if kept is not None and kept.asked != asked:
            raise StripeError(
                "Keys for idempotent requests can only be used with the same parameters they were first used "
                f"with. Try using a key other than '{key}' if you meant to execute a different request.",
                kind="idempotency_error",
                remembered=False,
            )
        return kept

    def keep(self, account: str, key: str, answer: Answer) -> None:
        self._kept[(account, key)] = answer

    def _prune(self, now: datetime) -> None:
        for place, answer in list(self._kept.items()):
            if now - answer.at < KEPT_FOR:
                break
            del self._kept[place]
