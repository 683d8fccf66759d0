"""What an entry needs to know of the late fee that it charges."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.models import Customer, Invoice, LateFee, WriteBack


@dataclass(frozen=True, slots=True)
class Charged:
    """The charge as its invoice tells it. The customer is the late invoice's: two may have become one meanwhile."""

    customer: Customer
    number: str
    due_on: date | None
    description: str


def charged(session: Session, row: WriteBack) -> Charged | None:
    """The late fee of an entry; None for an entry that is for something else."""
    if row.late_fee_id is None:
        return None
    late_fee = session.get_one(LateFee, (row.tenant_id, row.late_fee_id))
    invoice = session.get_one(Invoice, (row.tenant_id, late_fee.invoice_id))
    customer = session.get_one(Customer, (row.tenant_id, invoice.customer_id))
    return Charged(customer, invoice.number, late_fee.due_on, late_fee.description)
