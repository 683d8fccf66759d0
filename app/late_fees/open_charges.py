"""What customers still owe for paying late, for the next reminder."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.models import Invoice, InvoiceState, LateFee, LateFeeState, WriteBack, WriteBackState
from app.payments.coverage import ours_not_in_ledger

Group = tuple[UUID, str]
"""A customer and a currency."""


@dataclass(frozen=True, slots=True)
class OpenCharge:
    """A late fee that stands in the ledger as an invoice of its own."""

    invoice_id: UUID
    amount: Decimal
    """What is open of it, beyond what was paid to us and is not in the ledger yet."""


def open_charges(session: Session, customer_ids: Collection[UUID]) -> dict[Group, tuple[OpenCharge, ...]]:
    """By customer and currency, the late fees that are open by the mirror."""
    rows = session.execute(
        select(LateFee.customer_id, LateFee.currency, Invoice.id, Invoice.amount_due)
        .join(WriteBack, and_(WriteBack.tenant_id == LateFee.tenant_id, WriteBack.late_fee_id == LateFee.id))
        .join(
            Invoice,
            and_(Invoice.tenant_id == WriteBack.tenant_id, Invoice.external_id == WriteBack.external_id),
        )
        .where(
            LateFee.customer_id.in_(customer_ids),
            LateFee.state == LateFeeState.CHARGED,
            WriteBack.state == WriteBackState.DONE,
            Invoice.state == InvoiceState.OPEN,
            Invoice.amount_due > 0,
        )
    ).all()
    ours = ours_not_in_ledger(session, [row[2] for row in rows])
    found: dict[Group, tuple[OpenCharge, ...]] = {}
    for customer_id, currency, invoice_id, due in rows:
        left = due - ours.get(invoice_id, Decimal(0))
        if left > 0:
            before = found.get((customer_id, currency), ())
            found[customer_id, currency] = (*before, OpenCharge(invoice_id, left))
    return found


def open_beside(
    charges: Mapping[Group, Collection[OpenCharge]], group: Group, listed: Collection[UUID]
) -> Decimal:
    """What is open of a customer's late fees beside the invoices that a message lists anyway. Pure."""
    return sum(
        (charge.amount for charge in charges.get(group, ()) if charge.invoice_id not in listed), Decimal(0)
    )
