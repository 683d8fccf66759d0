"""Which bank debits did not go through and have not been spoken of in a reminder yet."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.models import (
    Checkout,
    CheckoutInvoice,
    Message,
    MessageState,
    Payment,
    PaymentMail,
    PaymentMailKind,
    ReminderInvoice,
)
from app.payments.failed_debits import last_failed
from app.payments.offer import FailedDebit

_MAY_HAVE_LEFT = (MessageState.SENDING, MessageState.SENT, MessageState.UNKNOWN)


def untold_debits(
    session: Session, invoice_ids: Collection[UUID], *, beside: Collection[UUID] = ()
) -> dict[UUID, FailedDebit]:
    """By invoice, where the last payment was such a debit and no reminder of the invoice has left since.

    Messages of the reminders `beside` do not count: they are tried again, or by another channel, and say the same.
    """
    failed = last_failed(session, invoice_ids)
    if not failed:
        return {}
    heard, spoken = _heard(session, failed), _spoken(session, failed, beside)
    return {
        invoice_id: debit
        for invoice_id, debit in failed.items()
        if invoice_id in heard and (invoice_id not in spoken or spoken[invoice_id] < heard[invoice_id])
    }


def latest(debits: Mapping[UUID, FailedDebit], invoice_ids: Collection[UUID]) -> FailedDebit | None:
    """The one to speak of in a message about these invoices."""
    known = [debits[invoice_id] for invoice_id in invoice_ids if invoice_id in debits]
    return max(known, key=lambda debit: debit.on, default=None)


def _heard(session: Session, invoice_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When we were told of the failure: the mail about it was asked for in the same moment."""
    rows = session.execute(
        select(CheckoutInvoice.invoice_id, func.max(PaymentMail.created_at))
        .join(
            Checkout,
            and_(Checkout.tenant_id == CheckoutInvoice.tenant_id, Checkout.id == CheckoutInvoice.checkout_id),
        )
        .join(Payment, and_(Payment.tenant_id == Checkout.tenant_id, Payment.checkout_id == Checkout.id))
        .join(
            PaymentMail,
            and_(PaymentMail.tenant_id == Payment.tenant_id, PaymentMail.payment_id == Payment.id),
        )
        .where(CheckoutInvoice.invoice_id.in_(invoice_ids), PaymentMail.kind == PaymentMailKind.DEBIT_FAILED)
        .group_by(CheckoutInvoice.invoice_id)
    )
    return {invoice_id: at for invoice_id, at in rows}  # noqa: C416 (a Row is not a pair of types)


def _spoken(
    session: Session, invoice_ids: Collection[UUID], beside: Collection[UUID]
) -> dict[UUID, datetime]:
    """When the last message about each invoice may have left."""
    rows = session.execute(
        select(ReminderInvoice.invoice_id, func.max(Message.started_at))
        .join(
            Message,
            and_(
                Message.tenant_id == ReminderInvoice.tenant_id,
                Message.reminder_id == ReminderInvoice.reminder_id,
            ),
        )
        .where(
            ReminderInvoice.invoice_id.in_(invoice_ids),
            ReminderInvoice.is_spent,
            Message.state.in_(_MAY_HAVE_LEFT),
            Message.reminder_id.not_in(beside),
        )
        .group_by(ReminderInvoice.invoice_id)
    )
    return {invoice_id: at for invoice_id, at in rows}  # noqa: C416 (a Row is not a pair of types)
