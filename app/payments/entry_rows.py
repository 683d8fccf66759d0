"""Puts the entries that a payment asks for beside it, in the same transaction, each with its task."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.connectors.base import FeeStyle
from app.models import Payment, WriteBack, WriteBackKind, WriteBackState
from app.payments.entries import Entry, entries, fee_entry
from app.payments.paid_checkouts import paid_checkout
from app.payments.tenant_ledger import fee_styles, tenant_connector
from app.tasks import kinds
from app.tasks.queue import enqueue


def add_payment_entries(session: Session, payment: Payment, *, now: datetime) -> None:
    """A payment for each invoice, and a note where the ledger keeps notes. A note waits for its payment."""
    connector = tenant_connector(session)
    keeps_notes = connector is not None and connector.keeps_notes
    for entry in entries(paid_checkout(session, payment), keeps_notes=keeps_notes):
        row = _add(session, payment, entry, now=now)
        if row.kind is WriteBackKind.PAYMENT:
            wake(session, row, now=now)


def add_fee_entry(session: Session, payment: Payment, *, now: datetime) -> None:
    """The fee of a payment, once it is known. One of zero matters only to a deposit, which carries the payment."""
    if payment.fee is None or payment.fee_currency is None:
        return
    if payment.fee == 0 and FeeStyle.DEPOSIT not in fee_styles(session):
        return
    paid = paid_checkout(session, payment)
    entry = fee_entry(
        paid.payment, fee=payment.fee, currency=payment.fee_currency, paid_at=paid.paid_at, zone=paid.zone
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
