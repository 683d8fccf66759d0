"""What came in and where it stands in the ledger, for the pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.kit.errors import NotFound
from app.models import (
    Chargeback,
    Checkout,
    CheckoutInvoice,
    Customer,
    Invoice,
    PayLink,
    Payment,
    PaymentState,
    Refund,
    RefundState,
)
from app.payments.queries_entries import EntryRow, entries_of, parked

PAGE_SIZE = 100
# Whoever types a larger number into the address sees an empty page; the database counts no further than this.
_LAST_PAGE = 10**9


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment with the invoices it is for and its entries."""

    id: UUID
    external_id: str
    customer_id: UUID
    customer_name: str
    invoices: tuple[tuple[UUID, str], ...]
    amount: Decimal
    currency: str
    state: str
    paid_at: datetime | None
    fee: Decimal | None
    fee_currency: str | None
    given_back: Decimal
    """Refunds, but for those that failed, and what the payer's bank took and has not returned."""
    entries: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True)
class Money:
    """One page of payments, newest first."""

    payments: list[PaymentRow]
    count: int
    needs_person: list[EntryRow]
    """Every parked entry, whatever page its payment is on."""
    received: dict[str, Decimal]
    """Sum of all succeeded payments by currency."""


def money(session: Session, *, page: int = 1) -> Money:
    """The payments of this tenant, `PAGE_SIZE` to a page."""
    newest = _payments().order_by(Payment.created_at.desc(), Payment.id)
    start = (min(max(page, 1), _LAST_PAGE) - 1) * PAGE_SIZE
    return Money(
        payments=_payment_rows(session, newest.limit(PAGE_SIZE).offset(start)),
        count=session.scalar(select(func.count()).select_from(Payment)) or 0,
        needs_person=parked(session),
        received=_received(session),
    )


def one_payment(session: Session, payment_id: UUID) -> PaymentRow:
    """One payment. Raises NotFound for an unknown id."""
    found = _payment_rows(session, _payments().where(Payment.id == payment_id))
    if not found:
        raise NotFound("There is no such payment here.")
    return found[0]


def _payments() -> Select[Payment, UUID, str]:
    return (
        select(Payment, Customer.id, Customer.name)
        .join(Checkout, Checkout.id == Payment.checkout_id)
        .join(PayLink, PayLink.id == Checkout.pay_link_id)
        .join(Customer, Customer.id == PayLink.customer_id)
    )


def _payment_rows(session: Session, wanted: Select[Payment, UUID, str]) -> list[PaymentRow]:
    rows = session.execute(wanted).all()
    ids = [payment.id for payment, _, _ in rows]
    invoices = _invoices_by_checkout(session, [payment.checkout_id for payment, _, _ in rows])
    entries, given_back = entries_of(session, ids), _given_back(session, ids)
    return [
        PaymentRow(
            id=payment.id,
            external_id=payment.external_id,
            customer_id=customer_id,
            customer_name=name,
            invoices=tuple(invoices.get(payment.checkout_id, ())),
            amount=payment.amount,
            currency=payment.currency,
            state=payment.state.value,
            paid_at=payment.paid_at,
            fee=payment.fee,
            fee_currency=payment.fee_currency,
            given_back=given_back.get(payment.id, Decimal(0)),
            entries=tuple(entries.get(payment.id, ())),
        )
        for payment, customer_id, name in rows
    ]


def _given_back(session: Session, payment_ids: list[UUID]) -> dict[UUID, Decimal]:
    refunds = select(Refund.payment_id, Refund.amount).where(
        Refund.payment_id.in_(payment_ids), Refund.state != RefundState.FAILED
    )
    taken = select(Chargeback.payment_id, Chargeback.amount).where(
        Chargeback.payment_id.in_(payment_ids),
        Chargeback.withdrawn_at.is_not(None),
        Chargeback.reinstated_at.is_(None),
    )
    found: dict[UUID, Decimal] = {}
    for payment_id, amount in session.execute(refunds.union_all(taken)):
        found[payment_id] = found.get(payment_id, Decimal(0)) + amount
    return found


def _received(session: Session) -> dict[str, Decimal]:
    rows = session.execute(
        select(Payment.currency, func.sum(Payment.amount))
        .where(Payment.state == PaymentState.SUCCEEDED)
        .group_by(Payment.currency)
        .order_by(Payment.currency)
    )
    return {currency: amount for currency, amount in rows}  # noqa: C416 (a Row is not a pair of types)


def _invoices_by_checkout(
    session: Session, checkout_ids: Iterable[UUID]
) -> dict[UUID, list[tuple[UUID, str]]]:
    rows = session.execute(
        select(CheckoutInvoice.checkout_id, Invoice.id, Invoice.number)
        .join(Invoice, Invoice.id == CheckoutInvoice.invoice_id)
        .where(CheckoutInvoice.checkout_id.in_(list(checkout_ids)))
        .order_by(Invoice.due_on, Invoice.number)
    )
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    for checkout_id, invoice_id, number in rows:
        found.setdefault(checkout_id, []).append((invoice_id, number))
    return found
