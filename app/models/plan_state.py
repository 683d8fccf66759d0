"""How fresh a tenant's plan is. Ids and times only: the sweep reads it before it knows a tenant."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Timestamp


class PlanState(Base):
    """When a tenant was last planned, and until when that stays right if nothing but time passes."""

    __tablename__ = "plan_state"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    planned_at: Mapped[datetime] = mapped_column(Timestamp)
    stale_at: Mapped[datetime] = mapped_column(Timestamp)
    sends_mail: Mapped[bool]
    """Whether the installation itself sent mail when it was planned: a setting, which no row tells."""


class PlanMark(Base):
    """Something changed that planning looks at. Added by triggers in the transaction that changes it.

    Whoever plans reads the marks first and takes away those, so that a change that was not seen keeps its mark.
    """

    __tablename__ = "plan_mark"
    __table_args__ = (Index(None, "tenant_id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    tenant_id: Mapped[UUID]
