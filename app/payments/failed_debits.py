"""Which open invoices were last paid by a bank debit that did not go through."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.database import tenant_of
from app.models import Checkout, CheckoutInvoice, Payment, PaymentState, Tenant
from app.payments.offer import FailedDebit


def last_failed(session: Session, invoice_ids: Collection[UUID]) -> dict[UUID, FailedDebit]:
    """By invoice, where its latest payment through us failed. A declined card is no payment."""
    if not invoice_ids:
        return {}
    zone = session.get_one(Tenant, tenant_of(session)).time_zone
    rows = session.execute(
        select(CheckoutInvoice.invoice_id, Payment)
        .join(
            Checkout,
            and_(Checkout.tenant_id == CheckoutInvoice.tenant_id, Checkout.id == CheckoutInvoice.checkout_id),
        )
        .join(Payment, and_(Payment.tenant_id == Checkout.tenant_id, Payment.checkout_id == Checkout.id))
        .where(CheckoutInvoice.invoice_id.in_(invoice_ids))
        .order_by(Payment.created_at, Payment.id)
    )
    latest = {invoice_id: payment for invoice_id, payment in rows}  # noqa: C416 (a Row is not a pair of types)
    return {
        invoice_id: FailedDebit(
            payment.amount, payment.currency, local_date(payment.paid_at or payment.created_at, zone)
        )
        for invoice_id, payment in latest.items()
        if payment.state is PaymentState.FAILED
    }
