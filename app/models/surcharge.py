"""What a business asks of a payer for paying by card."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Currency, TenantRow, Timestamp, belongs_to_tenant


class SurchargeRule(TenantRow):
    """The surcharge of one currency. Without a row, or while it is off, nobody is asked for one."""

    __tablename__ = "surcharge_rule"
    __table_args__ = (
        belongs_to_tenant(),
        UniqueConstraint("tenant_id", "currency"),
        CheckConstraint("percent >= 0 AND fixed >= 0 AND percent + fixed > 0", name="is_something"),
    )

    currency: Mapped[str] = mapped_column(Currency)
    percent: Mapped[Decimal]
    """Of what is paid."""
    fixed: Mapped[Decimal]
    """Beside it, once for each payment."""
    maximum: Mapped[Decimal | None]
    places: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Customers of which places are asked: a country, or with its state behind a hyphen (`US-CO`)."""
    takes_debits: Mapped[bool]
    """Whether payers may pay by bank debit instead, without a surcharge."""
    affirmed: Mapped[str | None]
    """What the owner said yes to when switching it on, word by word."""
    switched_on_at: Mapped[datetime | None] = mapped_column(Timestamp)
    switched_on_by: Mapped[UUID | None]
    changed_at: Mapped[datetime] = mapped_column(Timestamp)
