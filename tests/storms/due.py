"""The tasks of money that are due, picked one by one, so that a blow meets one of them and the others are left."""

from collections.abc import Collection, Sequence
from contextlib import closing
from uuid import UUID

import redis
from sqlalchemy import text

from app.kit.ground import Ground
from app.tasks.bell import ALLOWED_FUNCTION, queue
from tests.storms.halts import MONEY


def due(ground: Ground, kinds: Collection[str] = MONEY) -> list[UUID]:
    """Oldest first."""
    with ground.database.platform() as session:
        found = session.scalars(
            text(
                "SELECT id FROM task WHERE kind = ANY(:kinds) AND ((state = 'waiting' AND run_at <= :now) "
                "OR (state = 'leased' AND lease_until < now())) ORDER BY run_at, id"
            ),
            {"kinds": list(kinds), "now": ground.clock.now()},
        )
        return list(found)


def is_any_unfinished(ground: Ground, tasks: Sequence[UUID]) -> bool:
    """Whether a worker has one of them in its hands, or has yet to take it."""
    with ground.database.platform() as session:
        found = session.scalar(
            text(
                "SELECT count(*) FROM task WHERE id = ANY(:ids) "
                "AND (state = 'leased' OR (state = 'waiting' AND run_at <= :now))"
            ),
            {"ids": list(tasks), "now": ground.clock.now()},
        )
    return bool(found)


def ring(redis_url: str, tasks: Sequence[UUID]) -> None:
    """As the sweeper does: some worker is to look at them."""
    with closing(redis.Redis.from_url(redis_url)) as connection:
        bell = queue(connection)
        for task in tasks:
            bell.enqueue(ALLOWED_FUNCTION, str(task), result_ttl=0, failure_ttl=60)
