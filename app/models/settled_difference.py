"""What a bookkeeper says of a difference between the processor and the ledger: seen to, by whom and when."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Currency, TenantRow, Timestamp, belongs_to_tenant


class SettledDifference(TenantRow):
    """A difference that is not ours to book, ticked off. Taken back it stays, so that both words can be read later."""

    __tablename__ = "settled_difference"
    __table_args__ = (
        belongs_to_tenant(),
        Index(
            None, "tenant_id", "source", "currency", unique=True, postgresql_where=text("reopened_at IS NULL")
        ),
    )

    source: Mapped[str]
    """The processor's id of what moved, as in `Movement.source`; or the movement's own, where it has none."""
    currency: Mapped[str] = mapped_column(Currency)
    amount: Mapped[Decimal]
    """The difference that was seen to. Should it become another one, that one is not settled."""
    settled_by: Mapped[UUID]
    """The user who said so."""
    settled_at: Mapped[datetime] = mapped_column(Timestamp)
    reopened_by: Mapped[UUID | None]
    reopened_at: Mapped[datetime | None] = mapped_column(Timestamp)
