"""What the last comparison of the mirror with the ledger found, for the owner to see."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import SyncRun


@dataclass(frozen=True)
class Comparison:
    """One comparison of everything, by count and sum."""

    at: datetime
    is_equal: bool
    repaired: int
    """Rows of ours that were wrong or missing and were put right."""
    reason: str | None
    """What still differs, in sentences."""


def last_comparison(session: Session) -> Comparison | None:
    """None before the first."""
    run = session.scalar(
        select(SyncRun).where(SyncRun.is_equal.is_not(None)).order_by(SyncRun.started_at.desc()).limit(1)
    )
    if run is None:
        return None
    at = run.finished_at or run.started_at
    return Comparison(at, is_equal=bool(run.is_equal), repaired=run.rows_repaired, reason=run.reason)
