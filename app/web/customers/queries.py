"""One customer with what the page shows of them."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import NotFound
from app.kit.ground import Ground
from app.models import Customer, Invoice, InvoiceState, OptOut
from app.payments.opting_out import EMAIL, OWNER
from app.sync.tables import EMAILS_COLUMN


@dataclass(frozen=True)
class Person:
    """A customer, with addresses opened for this page only."""

    id: UUID
    name: str
    emails: list[str]
    is_active: bool
    opted_out_at: datetime | None
    opted_out_by: str | None

    @property
    def may_be_written_to_again(self) -> bool:
        """Whether the opt-out is the owner's own; a customer's wish is only the customer's to take back."""
        return self.opted_out_by == OWNER


@dataclass(frozen=True)
class Owed:
    """What is open in one currency."""

    currency: str
    count: int
    due: Decimal
    overdue: Decimal


def person(ground: Ground, session: Session, customer_id: UUID) -> Person:
    """Raises NotFound for an unknown customer and for another organisation's alike."""
    row = session.get(Customer, (tenant_of(session), customer_id))
    if row is None:
        raise NotFound("There is no such customer here.")
    by_mail = (OptOut.customer_id == customer_id, OptOut.channel == EMAIL)
    opt_out = session.scalar(select(OptOut).where(*by_mail))
    emails: list[str] = []
    if row.emails_sealed is not None:
        emails = json.loads(ground.sealer(session).open(row.emails_sealed, column=EMAILS_COLUMN, row=row.id))
    return Person(
        id=row.id,
        name=row.name,
        emails=emails,
        is_active=row.is_active,
        opted_out_at=opt_out.created_at if opt_out else None,
        opted_out_by=opt_out.source if opt_out else None,
    )


def owed(session: Session, customer_id: UUID, today: date) -> list[Owed]:
    """Per currency."""
    late = func.coalesce(func.sum(Invoice.amount_due).filter(Invoice.due_on < today), 0)
    rows = session.execute(
        select(Invoice.currency, func.count(), func.sum(Invoice.amount_due), late)
        .where(Invoice.customer_id == customer_id, Invoice.state == InvoiceState.OPEN, Invoice.amount_due > 0)
        .group_by(Invoice.currency)
        .order_by(Invoice.currency)
    )
    return [Owed(*row) for row in rows]
