"""Asks many queries in one batch until each has its answer."""

import time
from collections.abc import Sequence
from datetime import timedelta

from app.connectors.quickbooks.bodies import Rows
from app.connectors.quickbooks.client import QuickBooksClient
from app.kit.errors import DueMateError, Retryable

_LONGEST_WAIT = timedelta(seconds=60)  # QuickBooks' limits are per minute
_MOST_WAITS = 3


def asked(client: QuickBooksClient, queries: Sequence[str]) -> list[Rows]:
    """The rows of each query, at once or not at all. Raises what the first failed one raises."""
    answers = client.batch(queries)
    rows = [answer for answer in answers if isinstance(answer, Rows)]
    if len(rows) < len(queries):
        raise next(answer for answer in answers if isinstance(answer, DueMateError))
    return rows


def patiently_asked(client: QuickBooksClient, queries: Sequence[str]) -> list[Rows]:
    """The rows of each query; those that failed for a short while are waited for and asked again.

    For long reads, which cannot go on where they were cut short. Raises what the last try raised.
    """
    found: dict[str, Rows] = {}
    for waits_left in reversed(range(_MOST_WAITS + 1)):
        failed = _ask_the_rest(client, queries, found)
        if failed is None:
            break
        if not isinstance(failed, Retryable) or failed.after > _LONGEST_WAIT or waits_left == 0:
            raise failed
        time.sleep(failed.after.total_seconds())
    return [found[query] for query in queries]


def _ask_the_rest(
    client: QuickBooksClient, queries: Sequence[str], found: dict[str, Rows]
) -> DueMateError | None:
    """Add what is answered now to `found`; what went wrong with the rest."""
    rest = [query for query in queries if query not in found]
    try:
        answers = client.batch(rest)
    except Retryable as failed:
        return failed
    found |= {q: answer for q, answer in zip(rest, answers, strict=True) if isinstance(answer, Rows)}
    return next((answer for answer in answers if isinstance(answer, DueMateError)), None)
