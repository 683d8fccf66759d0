"""QuickBooks' ways of writing a moment or a day: ISO 8601, moments with the company's offset from UTC."""

from datetime import UTC, date, datetime
from functools import lru_cache


@lru_cache(maxsize=4096)  # whole seconds: what an import wrote shares a few of them
def moment(text: str) -> datetime:
    """The moment, aware, in UTC. Raises ValueError if it is none, or does not say its zone."""
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError("a moment without a zone")
    return read.astimezone(UTC)


@lru_cache(maxsize=4096)  # the documents of years fall on a few hundred days
def day(text: str) -> date:
    """A document's date, a calendar day that belongs to no zone; older answers put an offset behind it."""
    return date.fromisoformat(text[:10])


def asked_since(since: datetime) -> str:
    """A moment as queries and change data capture take it: whole seconds, rounded down."""
    return since.astimezone(UTC).replace(microsecond=0).isoformat()
