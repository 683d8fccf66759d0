"""What a ledger has: customers and their invoices, and the people at a customer."""

import json
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.ground import Ground
from app.models import (
    Cadence,
    CadenceStep,
    Customer,
    CustomerContact,
    Invoice,
    InvoiceState,
)
from app.reminders.cadence_rows import active_steps
from app.reminders.cadences import create_default_cadence, default_cadence
from app.sync.people import EMAIL_COLUMN
from app.sync.tables import EMAILS_COLUMN
from tests.web.seeding.seeded import Seeded


class LedgerRows:
    """Writes one tenant's rows. Everything hangs on `today`, so that overdue days are the same in every run."""

    def __init__(
        self, ground: Ground, session: Session, tenant_id: UUID, zone: str = "Europe/London"
    ) -> None:
        self.ground, self.session, self.tenant_id = ground, session, tenant_id
        self.now = ground.clock.now()
        self.today = local_date(self.now, zone)
        self.sealer = ground.sealer(session)
        self.made = Seeded(tenant_id)
        self.cadence: Cadence = default_cadence(session) or create_default_cadence(session, self.now)
        self.steps: list[CadenceStep] = active_steps(session, self.cadence.id)

    def customer(
        self, name: str, *, email: str | None = "accounts@customer.example", active: bool = True
    ) -> UUID:
        customer_id = uuid4()
        sealed = email and self.sealer.seal(json.dumps([email]), column=EMAILS_COLUMN, row=customer_id)
        self.add(
            Customer(
                id=customer_id,
                external_id=str(uuid4()),
                name=name,
                first_name=None,
                emails_sealed=sealed or None,
                is_active=active,
                changed_at=self.now,
            )
        )
        self.made.customers.append(customer_id)
        return customer_id

    def invoice(
        self,
        customer_id: UUID,
        *,
        due_in: int,
        amount: str = "480.00",
        left: str | None = None,
        number: str | None = None,
        currency: str = "GBP",
        state: InvoiceState = InvoiceState.OPEN,
        reference: str = "",
    ) -> UUID:
        invoice_id, total = uuid4(), Decimal(amount)
        due = Decimal(0) if state is InvoiceState.PAID else Decimal(left or amount)
        self.add(
            Invoice(
                id=invoice_id,
                external_id=str(uuid4()),
                customer_id=customer_id,
                number=number if number is not None else f"INV-{1000 + len(self.made.invoices)}",
                reference=reference,
                state=state,
                currency=currency,
                total=total,
                amount_due=due,
                amount_paid=total - due,
                amount_credited=Decimal(0),
                issued_on=self.today + timedelta(due_in - 30),
                due_on=self.today + timedelta(due_in),
                settled_on=self.today - timedelta(3) if state is InvoiceState.PAID else None,
                changed_at=self.now,
                read_at=self.now,
            )
        )
        self.made.invoices.append(invoice_id)
        return invoice_id

    def contact(self, customer_id: UUID, email: str) -> UUID:
        """Somebody at the customer whom the business has written down."""
        contact_id = uuid4()
        self.add(
            CustomerContact(
                id=contact_id,
                customer_id=customer_id,
                email_sealed=self.sealer.seal(email, column=EMAIL_COLUMN, row=contact_id),
                changed_at=self.now,
            )
        )
        self.made.said["contact"] = contact_id
        return contact_id

    def add(self, *rows: object) -> None:
        """Add rows of this tenant, in order. Those of one table are written together."""
        for row in rows:
            if hasattr(row, "tenant_id"):
                row.tenant_id = self.tenant_id
            if any(type(waiting) is not type(row) for waiting in self.session.new):
                self.session.flush()
            self.session.add(row)
