"""Money beyond what an invoice owes: it becomes the customer's credit, if the business wants that."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.errors import NotFound, Rejected, Retryable
from app.kit.ground import Ground
from app.models import Payment, WriteBack, WriteBackKind, WriteBackState
from app.payments.double_payments import ask_about_overpayment
from app.payments.entries import overpayment_entry
from app.payments.intentions import unchanged
from app.payments.paid_checkouts import paid_checkout
from app.payments.together import together
from app.payments.work import Work
from app.payments.write_back_rows import add_entry, wake


def keep_as_credit(ground: Ground, tenant_id: UUID, work: Work, beyond: Decimal) -> None:
    """Take what is too much out of the payment's entry, into one for the customer's credit, and tell a person.

    Raises Retryable always: the payment's entry is another one now, and is looked for anew.
    """
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        [row] = unchanged(session, work)
        payment = session.get_one(Payment, (tenant_id, row.payment_id))
        credit = _credit_of(session, row) or _add_credit(session, payment, row, ground)
        row.amount -= beyond
        credit.amount += beyond
        if row.amount == 0:
            drop_note(session, row)
        ask_about_overpayment(session, payment, beyond, now=now)
    raise Retryable("What is too much becomes the customer's credit.", after=timedelta())


def book_as_credit(ground: Ground, tenant_id: UUID, row_id: UUID) -> None:
    """The bookkeeper wants what the invoice cannot take to be the customer's credit.

    Raises NotFound for an unknown entry, Rejected if it is not a payment's.
    """
    with ground.database.tenant(tenant_id) as session:
        rows = together(session, row_id)
        row = next((one for one in rows if one.id == row_id), None)
        if row is None:
            raise NotFound("There is no such entry.")
        if row.kind is not WriteBackKind.PAYMENT or row.payment_id is None:
            raise Rejected("Only what was paid for an invoice can become the customer's credit.")
        if row.state is not WriteBackState.PARKED:
            return
        if _credit_of(session, row) is None:
            _add_credit(session, session.get_one(Payment, (tenant_id, row.payment_id)), row, ground)
        for one in rows:
            one.state, one.reason = WriteBackState.WAITING, None
        wake(session, row, now=ground.clock.now())


def _credit_of(session: Session, row: WriteBack) -> WriteBack | None:
    found = select(WriteBack).where(
        WriteBack.payment_id == row.payment_id,
        WriteBack.invoice_id == row.invoice_id,
        WriteBack.kind == WriteBackKind.OVERPAYMENT,
    )
    return session.scalars(found.with_for_update()).one_or_none()


def _add_credit(session: Session, payment: Payment, row: WriteBack, ground: Ground) -> WriteBack:
    """A credit of nothing yet: how much it is shows when the payment meets its invoice."""
    paid = paid_checkout(session, payment)
    part = next(part for part in paid.parts if part.invoice_id == row.invoice_id)
    entry = overpayment_entry(paid, part, beyond=Decimal(0))
    add_entry(session, entry, now=ground.clock.now(), payment_id=payment.id)
    credit = _credit_of(session, row)
    if credit is None:
        raise LookupError("a credit that was just put down is not there")
    return credit


def drop_note(session: Session, row: WriteBack) -> None:
    """An invoice that got nothing of a payment is not told of one. `row` is the payment's entry."""
    note = select(WriteBack).where(
        WriteBack.payment_id == row.payment_id,
        WriteBack.invoice_id == row.invoice_id,
        WriteBack.kind == WriteBackKind.NOTE,
    )
    for told in session.scalars(note):
        told.amount = Decimal(0)
