"""Reminders are planned again whenever what somebody owes us has changed."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.sync.asking import ask_for_plan


def replan(session: Session, *, now: datetime) -> None:
    """Plan the reminders of this unit of work's tenant again, once it has committed."""
    ask_for_plan(session, tenant_of(session), now=now)
