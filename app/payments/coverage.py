"""What customers have paid that the ledger does not show yet: nobody is reminded of it or asked for it again."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.models import (
    Checkout,
    CheckoutInvoice,
    CheckoutState,
    LedgerPayment,
    Payment,
    PaymentState,
    TenantRow,
    WriteBack,
    WriteBackKind,
    WriteBackState,
)


def ours_not_in_ledger(
    session: Session, invoice_ids: Collection[UUID], *, facts_read_at: datetime | None = None
) -> dict[UUID, Decimal]:
    """Per invoice, the sum of payments that are processing, or succeeded and not yet seen in the ledger.

    An entry is `done` only after the mirror has been read again, so a balance from the mirror and this sum
    leave no gap. Whoever holds a balance read from the ledger at an earlier moment gives `facts_read_at`:
    entries finished since then are counted too, because that balance cannot contain them. An entry that was
    deleted in the ledger is missing there again.
    """
    if not invoice_ids:
        return {}
    is_missing = (
        WriteBack.id.is_(None) | (WriteBack.state != WriteBackState.DONE) | LedgerPayment.is_deleted.is_(True)
    )
    if facts_read_at is not None:
        is_missing = is_missing | (WriteBack.done_at >= facts_read_at)
    rows = session.execute(
        select(CheckoutInvoice.invoice_id, func.sum(CheckoutInvoice.amount))
        .join(Checkout, _same(CheckoutInvoice, Checkout, CheckoutInvoice.checkout_id == Checkout.id))
        .outerjoin(Payment, _same(Payment, Checkout, Payment.checkout_id == Checkout.id))
        .outerjoin(
            WriteBack,
            _same(
                WriteBack,
                Payment,
                WriteBack.payment_id == Payment.id,
                WriteBack.invoice_id == CheckoutInvoice.invoice_id,
                WriteBack.kind == WriteBackKind.PAYMENT,
            ),
        )
        .outerjoin(
            LedgerPayment,
            _same(LedgerPayment, WriteBack, LedgerPayment.external_id == WriteBack.external_id),
        )
        .where(
            CheckoutInvoice.invoice_id.in_(invoice_ids),
            or_(
                # Complete at the processor, and the payment is being read just now.
                and_(Checkout.state == CheckoutState.COMPLETE, Payment.id.is_(None)),
                Payment.state == PaymentState.PROCESSING,
                and_(Payment.state == PaymentState.SUCCEEDED, is_missing),
            ),
        )
        .group_by(CheckoutInvoice.invoice_id)
    )
    return {invoice_id: amount for invoice_id, amount in rows}  # noqa: C416 (a Row is not a pair of types)


def _same(
    left: type[TenantRow], right: type[TenantRow], *conditions: ColumnElement[bool]
) -> ColumnElement[bool]:
    return and_(left.tenant_id == right.tenant_id, *conditions)
