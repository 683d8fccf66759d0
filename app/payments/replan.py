"""Reminders are planned again whenever what somebody owes us has changed."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.tasks import kinds
from app.tasks.queue import enqueue


def replan(session: Session, *, now: datetime) -> None:
    """Plan this tenant's reminders again, once this unit of work has committed."""
    tenant_id = tenant_of(session)
    enqueue(
        session, kind=kinds.PLAN, tenant_id=tenant_id, key=f"{kinds.PLAN}:{tenant_id}", run_at=now, now=now
    )
