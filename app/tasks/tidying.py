"""Forgets finished tasks and handled events once nobody will ask about them."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.kit.ground import Ground
from app.tasks.handlers import Assignment, handles
from app.tasks.queue import enqueue
from app.tasks.schedules import periodically

TIDY = "tasks.tidy"
_KEPT = timedelta(days=35)


@periodically(TIDY, every=timedelta(days=1))
def tidy_daily(session: Session, now: datetime) -> None:
    """Ask for a tidying once a day."""
    enqueue(session, kind=TIDY, key=TIDY, run_at=now, now=now)


@handles(TIDY)
def tidy(ground: Ground, _task: Assignment) -> None:
    """Delete finished tasks, handled events, sign-ins and sign-outs that are older than the vendors' own retries."""
    before = ground.clock.now() - _KEPT
    with ground.database.platform() as session:
        for statement in (
            "DELETE FROM task WHERE state = 'done' AND finished_at < :before",
            "DELETE FROM inbound_event WHERE handled_at < :before",
            "DELETE FROM oauth_attempt WHERE started_at < :before",
            "DELETE FROM ended_session WHERE ended_at < :before",  # a cookie lives for half a day at most
        ):
            session.execute(text(statement), {"before": before})
