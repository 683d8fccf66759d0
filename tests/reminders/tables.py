"""Customers and invoices put straight into the mirror, for what needs no ledger."""

import json
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from app.kit.clock import local_date
from app.kit.ground import Ground
from app.models import Customer, Invoice, InvoiceState, Reminder
from app.sync.identity import CUSTOMER, INVOICE, mirror_id
from app.sync.tables import EMAILS_COLUMN

ZONE = "Europe/London"


def add_customer(
    ground: Ground, tenant_id: UUID, name: str, *, email: str | None = "accounts@{}.example"
) -> UUID:
    customer_id = mirror_id(tenant_id, CUSTOMER, name)
    with ground.database.tenant(tenant_id) as session:
        address = json.dumps([email.format(name)]) if email else None
        seal = ground.sealer(session).seal
        session.add(
            Customer(
                tenant_id=tenant_id,
                id=customer_id,
                external_id=name,
                name=name.title(),
                emails_sealed=seal(address, column=EMAILS_COLUMN, row=customer_id) if address else None,
                changed_at=ground.clock.now(),
            )
        )
    return customer_id


def add_invoice(
    ground: Ground,
    tenant_id: UUID,
    customer_id: UUID,
    number: str,
    *,
    overdue: int = 7,
    currency: str = "GBP",
    amount: str = "100.00",
) -> UUID:
    """An open invoice that is `overdue` days past due today."""
    invoice_id, now = mirror_id(tenant_id, INVOICE, number), ground.clock.now()
    due_on: date = local_date(now, ZONE) - timedelta(days=overdue)
    with ground.database.tenant(tenant_id) as session:
        session.add(
            Invoice(
                tenant_id=tenant_id,
                id=invoice_id,
                external_id=number,
                customer_id=customer_id,
                number=number,
                reference="",
                state=InvoiceState.OPEN,
                currency=currency,
                total=Decimal(amount),
                amount_due=Decimal(amount),
                amount_paid=Decimal(0),
                amount_credited=Decimal(0),
                issued_on=due_on - timedelta(days=30),
                due_on=due_on,
                changed_at=now,
                read_at=now,
            )
        )
    return invoice_id


def reminders(ground: Ground, tenant_id: UUID) -> list[Reminder]:
    with ground.database.tenant(tenant_id) as session:
        return session.query(Reminder).order_by(Reminder.due_at, Reminder.id).all()


def standing(ground: Ground, tenant_id: UUID) -> list[tuple[str, str | None]]:
    """State and reason of every reminder, sorted."""
    return sorted((r.state.value, r.reason_code or "") for r in reminders(ground, tenant_id))


def change(ground: Ground, tenant_id: UUID, statement: str, **values: object) -> None:
    with ground.database.tenant(tenant_id) as session:
        session.execute(text(statement), values)
