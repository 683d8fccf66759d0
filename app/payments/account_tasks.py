"""Looks at card accounts by the hour, whatever webhooks told."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Route
from app.processors.registry import STRIPE
from app.tasks import kinds
from app.tasks.queue import Wanted, enqueue_all
from app.tasks.schedules import periodically

EVERY = timedelta(hours=1)


@periodically("payments.look_at_accounts", every=EVERY)
def look_at_accounts(session: Session, now: datetime) -> None:
    """One look for each: an account that is restricted or over can come back without a word."""
    routes = session.scalars(select(Route).where(Route.kind == STRIPE).order_by(Route.outside_key))
    wanted = [
        Wanted(f"{kinds.REFRESH_ACCOUNT}:{route.subject_id}", route.tenant_id, route.subject_id)
        for route in routes
    ]
    enqueue_all(
        session,
        sorted(wanted, key=lambda one: one.key or ""),
        kind=kinds.REFRESH_ACCOUNT,
        run_at=now,
        now=now,
    )
