"""Money that a customer has paid and that no invoice has taken, or has taken only in part. Pure.

Xero keeps it in records of its own, beside the payments: an overpayment is what was over when something was paid, a
prepayment came before there was anything to pay. Both are payments to us, with a rest.
"""

from decimal import Decimal

from app.connectors.base import Application, PaymentRecord
from app.connectors.fields import Senseless, amount_in, clean, currency_in, present_in
from app.connectors.xero import wire
from app.connectors.xero.fields import day_in, moment_in

_FROM_CUSTOMERS = frozenset({"RECEIVE-OVERPAYMENT", "RECEIVE-PREPAYMENT"})
_GONE = frozenset({"VOIDED", "DELETED"})


def overpayment(row: wire.Overpayment) -> PaymentRecord | None:
    """What was over; None for money paid to a supplier."""
    return _received(row, f"Overpayment {row.id}")


def prepayment(row: wire.Prepayment) -> PaymentRecord | None:
    """What came early; None for money paid to a supplier."""
    return _received(row, f"Prepayment {row.id}")


def _received(row: wire.Unapplied, what: str) -> PaymentRecord | None:
    if row.kind not in _FROM_CUSTOMERS:
        return None
    is_gone = row.status in _GONE
    amount = amount_in(row.total, what, "total")
    remaining = amount_in(row.remaining, what, "remaining credit")
    if remaining > amount:
        raise Senseless(f"{what} has more left than it was.")
    contact = row.contact or wire.ContactReference()
    return PaymentRecord(
        external_id=present_in(row.id, what, "id"),
        customer_external_id=present_in(contact.id, what, "customer"),
        currency=currency_in(row.currency, what),
        amount=amount,
        unapplied=Decimal(0) if is_gone else remaining,
        applied=() if is_gone else _applied(row, what),
        paid_on=day_in(row.paid_on, what, "date"),
        reference=clean(row.reference),
        is_deleted=is_gone,
        changed_at=moment_in(row.changed_at, what),
    )


def _applied(row: wire.Unapplied, what: str) -> tuple[Application, ...]:
    living = [part for part in row.allocations or () if not part.is_deleted]
    return tuple(
        Application(part.invoice.id.lower(), amount_in(part.amount, what, "allocated amount"))
        for part in living
        if part.invoice and part.invoice.id
    )
