"""How often one customer's pay pages may have the ledger asked.

A ledger lets us ask it only so often a day (one of them 5,000 times, or 1,000). Whoever holds a link, or a
machine that opens it again and again, must not use that up: the business's reminders and bookings live on it too.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from app.kit.errors import Paused
from app.kit.ground import Ground
from app.kit.limiter_rules import Ask, Budget, Full

MOST_A_DAY = 200
"""More than any payer looks, and little of what a ledger allows."""
_DAY_SECONDS = 86_400
_MANY = 1_000


@contextmanager
def one_look(ground: Ground, whose: str) -> Iterator[None]:
    """One look at the ledger for the pages of `whose`. Raises Paused, before it is asked, once they had their share."""
    key = f"look:{whose}"
    answer = ground.limiter.enter(
        Ask(
            now=ground.clock.now(),
            places_key=f"{key}:under-way",
            places=_MANY,
            budgets=(Budget(f"{key}:day", MOST_A_DAY, _DAY_SECONDS),),
            pauses=(f"{key}:pause",),
        )
    )
    if isinstance(answer, Full):
        raise Paused("These pages were opened more often than any payer does.", after=answer.wait)
    try:
        yield
    finally:
        ground.limiter.leave(answer)
