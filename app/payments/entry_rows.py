"""Puts the entries that a payment asks for beside it, in the same transaction, each with its task."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    Checkout,
    CheckoutInvoice,
    Invoice,
    PayLink,
    Payment,
    Tenant,
    WriteBack,
    WriteBackKind,
    WriteBackState,
)
from app.payments.entries import Entry, PaidCheckout, Part, entries, fee_entry
from app.tasks import kinds
from app.tasks.queue import enqueue


def add_payment_entries(session: Session, checkout: Checkout, payment: Payment, *, now: datetime) -> None:
    """A payment and a note for each invoice. A note waits until its payment is in the ledger."""
    link = session.get_one(PayLink, (checkout.tenant_id, checkout.pay_link_id))
    paid = PaidCheckout(
        payment=payment.external_id,
        currency=payment.currency,
        paid_at=payment.paid_at or now,
        link_made_at=link.created_at,
        zone=_zone(session, checkout.tenant_id),
        parts=_parts(session, checkout),
    )
    for entry in entries(paid):
        row = _add(session, payment, entry, now=now)
        if row.kind is WriteBackKind.PAYMENT:
            wake(session, row, now=now)


def add_fee_entry(session: Session, payment: Payment, *, now: datetime) -> None:
    """The fee of a payment, once it is known."""
    if payment.fee is None or payment.fee_currency is None:
        return
    entry = fee_entry(
        payment.external_id,
        fee=payment.fee,
        currency=payment.fee_currency,
        paid_at=payment.paid_at or now,
        zone=_zone(session, payment.tenant_id),
    )
    wake(session, _add(session, payment, entry, now=now), now=now)


def wake(session: Session, row: WriteBack, *, now: datetime) -> None:
    """Let a worker look at an entry now."""
    enqueue(
        session,
        kind=kinds.WRITE_BACK,
        tenant_id=row.tenant_id,
        subject_id=row.id,
        key=task_key(row.id),
        run_at=now,
        now=now,
    )


def task_key(row_id: UUID) -> str:
    """The key of an entry's task."""
    return f"{kinds.WRITE_BACK}:{row_id}"


def _add(session: Session, payment: Payment, entry: Entry, *, now: datetime) -> WriteBack:
    row = WriteBack(
        tenant_id=payment.tenant_id,
        id=uuid4(),
        payment_id=payment.id,
        kind=entry.kind,
        invoice_id=entry.invoice_id,
        currency=entry.currency,
        amount=entry.amount,
        booked_on=entry.booked_on,
        marker=entry.marker,
        state=WriteBackState.WAITING,
        attempts=0,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _parts(session: Session, checkout: Checkout) -> tuple[Part, ...]:
    rows = session.execute(
        select(Invoice.id, Invoice.number, CheckoutInvoice.amount)
        .join(
            CheckoutInvoice,
            (CheckoutInvoice.tenant_id == Invoice.tenant_id) & (CheckoutInvoice.invoice_id == Invoice.id),
        )
        .where(CheckoutInvoice.checkout_id == checkout.id)
        .order_by(Invoice.due_on, Invoice.number)
    )
    return tuple(Part(invoice_id, number, amount) for invoice_id, number, amount in rows)


def _zone(session: Session, tenant_id: UUID) -> str:
    return session.get_one(Tenant, tenant_id).time_zone
