"""Rings again for everything that is due and in nobody's hands: what makes a lost ring harmless."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.kit.ground import Ground
from app.tasks.bell import ring

_BATCH = 500
# A ring is repeated when this long (wall clock) no worker has come: the ring or the worker is lost.
_RING_AGAIN_SECONDS = 5


def due_tasks(ground: Ground, *, now: datetime) -> list[UUID]:
    """Tasks whose time has come and whose last ring was not followed, oldest first; marks them as rung."""
    with ground.database.platform() as session:
        rows = session.execute(
            text(
                "UPDATE task SET rung_at = now() WHERE id IN ("
                " SELECT id FROM task WHERE ((state = 'waiting' AND run_at <= :now)"
                " OR (state = 'leased' AND lease_until < now()))"
                " AND (rung_at IS NULL OR rung_at < now() - make_interval(secs => :again))"
                " ORDER BY run_at LIMIT :batch FOR UPDATE SKIP LOCKED) RETURNING id"
            ),
            {"now": now, "again": _RING_AGAIN_SECONDS, "batch": _BATCH},
        )
        return list(rows.scalars())


def sweep(ground: Ground) -> int:
    """Ring for all due tasks; the number rung."""
    task_ids = due_tasks(ground, now=ground.clock.now())
    if task_ids:
        ring(*task_ids)
    return len(task_ids)
