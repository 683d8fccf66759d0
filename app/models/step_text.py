"""The words of a step beside its own mail: other channels, other languages."""

from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from app.models.base import TenantRow, belongs_to


class StepText(TenantRow):
    """What a step says on a channel in a language. Its mail in the cadence's own language is on the step itself."""

    __tablename__ = "step_text"
    __table_args__ = (
        belongs_to("cadence_step", "step_id", on_delete="CASCADE"),
        UniqueConstraint("tenant_id", "step_id", "channel", "language"),
    )

    step_id: Mapped[UUID]
    channel: Mapped[str]
    language: Mapped[str]
    """ISO 639-1."""
    subject: Mapped[str]
    """Empty where the channel has none."""
    body: Mapped[str]
    """A template as on the step; for WhatsApp the name of an approved text."""
