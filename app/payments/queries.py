"""What came in and where it stands in the ledger, for the pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import (
    Checkout,
    CheckoutInvoice,
    Customer,
    Invoice,
    PayLink,
    Payment,
    PaymentState,
    WriteBack,
    WriteBackState,
)

PAGE_SIZE = 100
# Whoever types a larger number into the address sees an empty page; the database counts no further than this.
_LAST_PAGE = 10**9


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry in the ledger, made or to be made."""

    id: UUID
    payment_id: UUID | None
    """NULL for the transfer of a payout."""
    kind: str
    invoice_id: UUID | None
    invoice_number: str | None
    amount: Decimal
    currency: str
    booked_on: date
    state: str
    reason: str | None
    can_retry: bool


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
    rows = session.execute(
        select(Payment, Customer.id, Customer.name)
        .join(Checkout, Checkout.id == Payment.checkout_id)
        .join(PayLink, PayLink.id == Checkout.pay_link_id)
        .join(Customer, Customer.id == PayLink.customer_id)
        .order_by(Payment.created_at.desc(), Payment.id)
        .limit(PAGE_SIZE)
        .offset((min(max(page, 1), _LAST_PAGE) - 1) * PAGE_SIZE)
    ).all()
    invoices = _invoices_by_checkout(session, [payment.checkout_id for payment, _, _ in rows])
    entries = _entries_by_payment(session, [payment.id for payment, _, _ in rows])
    return Money(
        payments=[
            _payment_row(payment, customer_id, name, invoices, entries) for payment, customer_id, name in rows
        ],
        count=session.scalar(select(func.count()).select_from(Payment)) or 0,
        needs_person=parked(session),
        received=_received(session),
    )


def parked(session: Session) -> list[EntryRow]:
    """Entries that a person must mend, oldest first."""
    rows = session.execute(
        select(WriteBack, Invoice.number)
        .outerjoin(Invoice, Invoice.id == WriteBack.invoice_id)
        .where(WriteBack.state == WriteBackState.PARKED)
        .order_by(WriteBack.created_at, WriteBack.marker)
    )
    return [_entry_row(entry, number) for entry, number in rows]


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


def _entries_by_payment(session: Session, payment_ids: Iterable[UUID]) -> dict[UUID, list[EntryRow]]:
    rows = session.execute(
        select(WriteBack, Invoice.number)
        .outerjoin(Invoice, Invoice.id == WriteBack.invoice_id)
        .where(WriteBack.payment_id.in_(list(payment_ids)))
        .order_by(WriteBack.created_at, WriteBack.kind.desc(), Invoice.number)
    )
    found: dict[UUID, list[EntryRow]] = {}
    for entry, number in rows:
        if entry.payment_id is not None:
            found.setdefault(entry.payment_id, []).append(_entry_row(entry, number))
    return found


def _payment_row(
    payment: Payment,
    customer_id: UUID,
    customer_name: str,
    invoices: dict[UUID, list[tuple[UUID, str]]],
    entries: dict[UUID, list[EntryRow]],
) -> PaymentRow:
    return PaymentRow(
        id=payment.id,
        external_id=payment.external_id,
        customer_id=customer_id,
        customer_name=customer_name,
        invoices=tuple(invoices.get(payment.checkout_id, ())),
        amount=payment.amount,
        currency=payment.currency,
        state=payment.state.value,
        paid_at=payment.paid_at,
        fee=payment.fee,
        fee_currency=payment.fee_currency,
        entries=tuple(entries.get(payment.id, ())),
    )


def _entry_row(entry: WriteBack, number: str | None) -> EntryRow:
    return EntryRow(
        id=entry.id,
        payment_id=entry.payment_id,
        kind=entry.kind.value,
        invoice_id=entry.invoice_id,
        invoice_number=number,
        amount=entry.amount,
        currency=entry.currency,
        booked_on=entry.booked_on,
        state=entry.state.value,
        reason=entry.reason,
        can_retry=entry.state is WriteBackState.PARKED,
    )
