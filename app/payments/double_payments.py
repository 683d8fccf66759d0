"""Money beyond what an invoice owed: two people paid on two devices, or one by card and one by bank."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.models import (
    Checkout,
    CheckoutInvoice,
    CheckoutState,
    Invoice,
    Payment,
    PaymentState,
    PersonTask,
    PersonTaskKind,
    Refund,
    RefundState,
)
from app.payments.coverage import ours_not_in_ledger
from app.payments.in_words import money
from app.payments.payers import customer_of
from app.tasks.person_tasks import NewTask, ask, finish


def notice_double_payment(session: Session, payment: Payment, *, now: datetime) -> None:
    """A payment that has just succeeded: ask a person if it brought more than its invoices owed by then."""
    over = beyond_what_was_owed(session, payment)
    if over > 0:
        ask_about_overpayment(session, payment, over, now=now)


def ask_about_overpayment(session: Session, payment: Payment, over: Decimal, *, now: datetime) -> None:
    """Let a person decide: back to the customer, or kept as their credit. Asked once while it is open.

    What is found out later about one of several invoices does not make it less.
    """
    over = max(over, _asked_about(session, payment) or over)
    words = (
        f"A payment by card brought {money(over, payment.currency)} more than was owed by then: it was probably "
        "paid twice. Give it back (Money, Refund), or keep it as the customer's credit."
    )
    customer = customer_of(session, payment)
    kind = PersonTaskKind.DOUBLE_PAYMENT
    ask(session, NewTask(kind, customer, payment.id, words, payment.currency, over), now=now)


def settle_by_refunds(session: Session, payment: Payment, *, now: datetime) -> None:
    """What was too much has been given back: nobody needs to decide any more."""
    over = _asked_about(session, payment)
    given = session.scalar(
        select(func.sum(Refund.amount)).where(
            Refund.payment_id == payment.id, Refund.state == RefundState.SUCCEEDED
        )
    )
    if over is not None and given is not None and given >= over:
        finish(session, [payment.id], kind=PersonTaskKind.DOUBLE_PAYMENT, now=now)


def _asked_about(session: Session, payment: Payment) -> Decimal | None:
    return session.scalar(
        select(PersonTask.amount).where(
            PersonTask.kind == PersonTaskKind.DOUBLE_PAYMENT,
            PersonTask.subject_id == payment.id,
            PersonTask.done_at.is_(None),
        )
    )


def beyond_what_was_owed(session: Session, payment: Payment) -> Decimal:
    """How much of a succeeded payment, not booked yet, its invoices cannot take.

    Of two payments it is the one that succeeds second, so what is still under way does not count.
    """
    parts = _parts(session, payment)
    covered = ours_not_in_ledger(session, list(parts))
    under_way = _under_way(session, list(parts))
    due = {
        invoice.id: invoice.amount_due
        for invoice in session.scalars(select(Invoice).where(Invoice.id.in_(parts)))
    }
    over = Decimal(0)
    for invoice_id, part in parts.items():
        nothing = Decimal(0)
        ours = covered.get(invoice_id, nothing) - under_way.get(invoice_id, nothing)
        over += min(part, max(ours - due.get(invoice_id, nothing), nothing))
    return over


def _parts(session: Session, payment: Payment) -> dict[UUID, Decimal]:
    rows = session.execute(
        select(CheckoutInvoice.invoice_id, CheckoutInvoice.amount).where(
            CheckoutInvoice.checkout_id == payment.checkout_id
        )
    )
    return {invoice_id: amount for invoice_id, amount in rows}  # noqa: C416 (a Row is not a pair of types)


def _under_way(session: Session, invoice_ids: list[UUID]) -> dict[UUID, Decimal]:
    rows = session.execute(
        select(CheckoutInvoice.invoice_id, func.sum(CheckoutInvoice.amount))
        .join(
            Checkout,
            and_(Checkout.tenant_id == CheckoutInvoice.tenant_id, Checkout.id == CheckoutInvoice.checkout_id),
        )
        .outerjoin(Payment, and_(Payment.tenant_id == Checkout.tenant_id, Payment.checkout_id == Checkout.id))
        .where(
            CheckoutInvoice.invoice_id.in_(invoice_ids),
            or_(
                and_(Checkout.state == CheckoutState.COMPLETE, Payment.id.is_(None)),
                Payment.state == PaymentState.PROCESSING,
            ),
        )
        .group_by(CheckoutInvoice.invoice_id)
    )
    return {invoice_id: amount for invoice_id, amount in rows}  # noqa: C416 (a Row is not a pair of types)
