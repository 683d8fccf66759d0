"""Reads what the entries of a payment need to know of it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Checkout, CheckoutInvoice, Invoice, PayLink, Payment, Tenant
from app.payments.entries import PaidCheckout, Part


def paid_checkout(session: Session, payment: Payment) -> PaidCheckout:
    """The payment with its invoices, each with its part."""
    checkout = session.get_one(Checkout, (payment.tenant_id, payment.checkout_id))
    link = session.get_one(PayLink, (checkout.tenant_id, checkout.pay_link_id))
    return PaidCheckout(
        payment=payment.external_id,
        currency=payment.currency,
        paid_at=payment.paid_at or payment.created_at,
        link_made_at=link.created_at,
        zone=session.get_one(Tenant, payment.tenant_id).time_zone,
        parts=_parts(session, checkout.id),
    )


def _parts(session: Session, checkout_id: UUID) -> tuple[Part, ...]:
    rows = session.execute(
        select(Invoice.id, Invoice.number, CheckoutInvoice.amount)
        .join(
            CheckoutInvoice,
            (CheckoutInvoice.tenant_id == Invoice.tenant_id) & (CheckoutInvoice.invoice_id == Invoice.id),
        )
        .where(CheckoutInvoice.checkout_id == checkout_id)
        .order_by(Invoice.due_on, Invoice.number)
    )
    return tuple(Part(invoice_id, number, amount) for invoice_id, number, amount in rows)
