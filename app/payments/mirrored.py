"""Puts a payment we have just booked into the mirror, without waiting for the next pull.

A ledger may forget what is deleted, and then tells only that it is gone. If the mirror had never seen the payment,
nobody would know that it was ours, and the customer would be asked for the money again.
"""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.connectors.base import Application, BookedEntry, PaymentRecord, Resource
from app.kit.database import tenant_of
from app.kit.ground import Ground
from app.models import Customer, Invoice
from app.payments.work import Work
from app.sync.tables import TABLES, Reading
from app.sync.upsert import upsert

# Whatever the ledger itself says of the payment is later.
_BEFORE_ANY_WORD = datetime(1970, 1, 1, tzinfo=UTC)


def mirror_booked(ground: Ground, session: Session, work: Work, booked: BookedEntry) -> None:
    """Add the payment as we entered it, unless the mirror knows it already."""
    record = PaymentRecord(
        external_id=booked.external_id,
        customer_external_id=_customer(session, work),
        currency=work.currency,
        amount=booked.amount,
        unapplied=Decimal(0),
        applied=tuple(Application(line.invoice, line.amount) for line in work.lines),
        paid_on=work.booked_on,
        reference=work.marker,
        is_deleted=False,
        changed_at=_BEFORE_ANY_WORD,
    )
    reading = Reading(tenant_of(session), ground.sealer(session), ground.clock.now())
    upsert(session, TABLES[Resource.PAYMENTS], reading, [record])


def _customer(session: Session, work: Work) -> str | None:
    belongs = and_(Invoice.tenant_id == Customer.tenant_id, Invoice.customer_id == Customer.id)
    return session.scalar(
        select(Customer.external_id).join(Invoice, belongs).where(Invoice.id == work.invoice_id)
    )
