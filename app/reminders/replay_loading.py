"""A tenant's past from its mirror, in a handful of queries however long it is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.models import (
    Invoice,
    InvoiceState,
    LedgerPayment,
    PaymentApplication,
)
from app.reminders.loading_addressees import load_addressees, load_place
from app.reminders.replay_books import Books, Fall, PastInvoice, falls_of

_TOLD = (InvoiceState.OPEN, InvoiceState.PAID, InvoiceState.VOIDED)
_NO_MONEY = Decimal(0)


@dataclass(frozen=True)
class Loaded:
    """The books, and how much of them had no dates to go by."""

    books: Books
    undated: int
    """Paid invoices of which nothing tells when: they count as paid when they were issued."""


def load_books(session: Session, *, zone: str, since: date, today: date, with_phones: bool) -> Loaded:
    """Every invoice that was open on some day from `since` to `today`."""
    payments = _payments(session, today)
    invoices, undated = [], 0
    for row in _rows(session, since, today):
        invoice, has_dates = _past(row, payments.get(row.id, ()), zone)
        settled_on = invoice.settled_on
        if settled_on is None or settled_on >= since:
            invoices.append(invoice)
            undated += not has_dates
    books = Books(
        zone=zone,
        place=load_place(session),
        invoices=invoices,
        addressees=load_addressees(
            session, {}, with_opt_outs=True, with_contacts=True, with_phones=with_phones
        ),
    )
    return Loaded(books, undated)


def _rows(session: Session, since: date, today: date) -> Iterable[Any]:
    return session.execute(
        select(
            Invoice.id,
            Invoice.customer_id,
            Invoice.currency,
            Invoice.issued_on,
            Invoice.due_on,
            Invoice.total,
            Invoice.amount_due,
            Invoice.state,
            Invoice.settled_on,
            Invoice.changed_at,
        )
        .where(
            Invoice.state.in_(_TOLD),
            Invoice.total > 0,
            Invoice.issued_on <= today,
            or_(Invoice.settled_on.is_(None), Invoice.settled_on >= since),
        )
        .order_by(Invoice.issued_on, Invoice.id)
    )


def _past(row: Any, payments: Sequence[Fall], zone: str) -> tuple[PastInvoice, bool]:
    ended_on = _ended_on(row.state, row.settled_on, row.changed_at, payments, zone)
    falls = falls_of(
        state=row.state,
        total=row.total,
        amount_due=row.amount_due,
        issued_on=row.issued_on,
        ended_on=ended_on,
        payments=payments,
    )
    invoice = PastInvoice(row.id, row.customer_id, row.currency, row.issued_on, row.due_on, row.total, falls)
    return invoice, row.state is InvoiceState.OPEN or ended_on is not None


def _ended_on(
    state: InvoiceState, settled_on: date | None, changed_at: datetime, payments: Sequence[Fall], zone: str
) -> date | None:
    """Not every ledger says when an invoice was settled: then its last payment tells."""
    if state is InvoiceState.VOIDED:
        return local_date(changed_at, zone)
    if state is InvoiceState.OPEN:
        return None
    return settled_on or max((day for day, _ in payments), default=None)


def _payments(session: Session, today: date) -> dict[UUID, list[Fall]]:
    found: dict[UUID, list[Fall]] = {}
    for invoice_id, paid_on, amount in _applied(session, today):
        found.setdefault(invoice_id, []).append((paid_on, amount))
    return found


def _applied(session: Session, today: date) -> Iterator[tuple[UUID, date, Decimal]]:
    same = and_(
        LedgerPayment.tenant_id == PaymentApplication.tenant_id,
        LedgerPayment.id == PaymentApplication.payment_id,
    )
    rows = session.execute(
        select(PaymentApplication.invoice_id, LedgerPayment.paid_on, PaymentApplication.amount)
        .join(LedgerPayment, same)
        .where(LedgerPayment.is_deleted.is_(False), PaymentApplication.amount > _NO_MONEY)
    )
    for invoice_id, paid_on, amount in rows:
        yield invoice_id, min(paid_on, today), amount
