"""A replay of the past that somebody asked for: how far it is, and what came out."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import TenantRow, Timestamp, belongs_to, state_column


class ReplayState(StrEnum):
    """A replay's life."""

    ASKED = "asked"
    DONE = "done"
    FAILED = "failed"


class Replay(TenantRow):
    """The latest replay of a tenant. Asking for another one takes its place."""

    __tablename__ = "replay"
    __table_args__ = (belongs_to("cadence", "cadence_id"), belongs_to("cadence", "against_id"))

    cadence_id: Mapped[UUID]
    against_id: Mapped[UUID | None]
    state: Mapped[ReplayState] = state_column(ReplayState, default=ReplayState.ASKED)
    percent: Mapped[int] = mapped_column(default=0)
    """How much is done, from 0 to 100."""
    reason: Mapped[str | None]
    """Why it failed, as a sentence."""
    told: Mapped[dict[str, Any] | None]
    """What came out: `app.reminders.replay_words.Told` as JSON. Figures and ids, no names of customers."""
    asked_at: Mapped[datetime] = mapped_column(Timestamp)
    finished_at: Mapped[datetime | None] = mapped_column(Timestamp)
