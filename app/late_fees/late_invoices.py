"""Reads the invoices that are or were late, set-based, with what of them was open when and why some are left alone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from app.late_fees.days import Days
from app.late_fees.debt import Debt, PaidPart
from app.late_fees.excuses import beyond_reason, load_excused, load_pauses
from app.late_fees.places import Limit, limit_in
from app.models import (
    Customer,
    Invoice,
    InvoiceState,
    LateFee,
    LedgerPayment,
    PaymentApplication,
    Tenant,
    WriteBack,
    WriteBackState,
)


@dataclass(frozen=True, slots=True)
class LateInvoice:
    """One invoice that is or was late."""

    debt: Debt
    number: str
    customer_id: UUID
    customer_name: str
    country: str | None
    """Of the customer; the organisation's own where the ledger tells none."""
    limit: Limit
    pause: str | None
    """Why it is not charged today, in a sentence."""


def load_late(
    session: Session,
    *,
    currencies: Collection[str],
    since: date,
    today: date,
    zone: str,
    due_before: date | None = None,
) -> list[LateInvoice]:
    """Open invoices past their day, and those of which something was paid on or after `since`.

    `due_before`: as if it were that day.
    """
    wanted = (
        select(Invoice, Customer)
        .join(Customer, and_(Customer.tenant_id == Invoice.tenant_id, Customer.id == Invoice.customer_id))
        .where(
            Invoice.currency.in_(currencies),
            Invoice.due_on < (due_before or today),
            Invoice.total > 0,
            Customer.is_active,
            _is_open_or_paid_since(since),
            ~_is_charge_of_ours(),
        )
        .order_by(Invoice.due_on, Invoice.number, Invoice.id)
    )
    rows = [(invoice, customer) for invoice, customer in session.execute(wanted)]
    return _late_of(session, rows, today=today, zone=zone)


def load_debts(session: Session, invoices: Sequence[Invoice], *, zone: str) -> dict[UUID, Debt]:
    """The debts of invoices, by invoice, whatever became of them."""
    ids = [invoice.id for invoice in invoices]
    paid, excused = _load_paid(session, ids), load_excused(session, invoices, zone=zone)
    return {invoice.id: _debt(invoice, paid, excused) for invoice in invoices}


def load_limits(session: Session, invoices: Sequence[Invoice]) -> dict[UUID, Limit]:
    """The limits of invoices' customers by their places, by invoice."""
    ids = {invoice.customer_id for invoice in invoices}
    customers = {row.id: row for row in session.scalars(select(Customer).where(Customer.id.in_(ids)))}
    home = session.scalars(select(Tenant)).one()
    return {invoice.id: _limit(customers[invoice.customer_id], home) for invoice in invoices}


def _late_of(
    session: Session, rows: Sequence[tuple[Invoice, Customer]], *, today: date, zone: str
) -> list[LateInvoice]:
    invoices = [invoice for invoice, _ in rows]
    debts = load_debts(session, invoices, zone=zone)
    pauses = load_pauses(session, invoices, today)
    home = session.scalars(select(Tenant)).one()
    return [
        LateInvoice(
            debt=debts[invoice.id],
            number=invoice.number,
            customer_id=customer.id,
            customer_name=customer.name,
            country=customer.country_code or home.country_code,
            limit=_limit(customer, home),
            pause=beyond_reason(invoice.due_on, today) or pauses.get(invoice.id),
        )
        for invoice, customer in rows
    ]


def _limit(customer: Customer, home: Tenant) -> Limit:
    """By the customer's address; one without a country is taken for a neighbour in an unknown state."""
    if customer.country_code is None:
        return limit_in(home.country_code, None)
    return limit_in(customer.country_code, customer.region)


def _debt(
    invoice: Invoice,
    paid: Mapping[UUID, tuple[PaidPart, ...]],
    excused: Mapping[UUID, tuple[Days, ...]],
) -> Debt:
    return Debt(
        invoice_id=invoice.id,
        currency=invoice.currency,
        total=invoice.total,
        open_now=invoice.amount_due if invoice.state is InvoiceState.OPEN else Decimal(0),
        due_on=invoice.due_on,
        paid=paid.get(invoice.id, ()),
        excused=excused.get(invoice.id, ()),
        said_paid=invoice.amount_paid,
    )


def _load_paid(session: Session, invoice_ids: Collection[UUID]) -> dict[UUID, tuple[PaidPart, ...]]:
    rows = session.execute(
        select(PaymentApplication.invoice_id, LedgerPayment.paid_on, PaymentApplication.amount)
        .join(LedgerPayment, _payment_of_application())
        .where(PaymentApplication.invoice_id.in_(invoice_ids), LedgerPayment.is_deleted.is_(False))
        .order_by(LedgerPayment.paid_on)
    )
    found: dict[UUID, tuple[PaidPart, ...]] = {}
    for invoice_id, day, amount in rows:
        found[invoice_id] = (*found.get(invoice_id, ()), PaidPart(day, amount))
    return found


def _is_open_or_paid_since(since: date) -> ColumnElement[bool]:
    was_paid = exists().where(
        PaymentApplication.tenant_id == Invoice.tenant_id,
        PaymentApplication.invoice_id == Invoice.id,
        _payment_of_application(),
        LedgerPayment.paid_on >= since,
        LedgerPayment.paid_on > Invoice.due_on,
    )
    is_open = and_(Invoice.state == InvoiceState.OPEN, Invoice.amount_due > 0)
    return is_open | and_(Invoice.state == InvoiceState.PAID, was_paid)


def _payment_of_application() -> ColumnElement[bool]:
    return and_(
        LedgerPayment.tenant_id == PaymentApplication.tenant_id,
        LedgerPayment.id == PaymentApplication.payment_id,
    )


def _is_charge_of_ours() -> ColumnElement[bool]:
    """No fee for being late with a late fee, also one whose entry is still looked for or that was entered by hand."""
    looks_like_it = and_(
        WriteBack.external_id.is_(None),
        WriteBack.state != WriteBackState.UNDONE,
        LateFee.customer_id == Invoice.customer_id,
        LateFee.currency == Invoice.currency,
        LateFee.amount == Invoice.total,
        LateFee.issued_on <= Invoice.issued_on,
    )
    return exists().where(
        LateFee.tenant_id == Invoice.tenant_id,
        WriteBack.tenant_id == LateFee.tenant_id,
        WriteBack.late_fee_id == LateFee.id,
        or_(WriteBack.external_id == Invoice.external_id, looks_like_it),
    )
