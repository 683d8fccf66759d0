"""Pages of invoices by what a bookkeeper looks for, counted and summed by the database."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.kit.errors import NotFound
from app.models import Customer, Invoice, InvoiceState

PER_PAGE = 100
_SOON = timedelta(days=7)


class Show(StrEnum):
    """The filters, in the order of their chips."""

    OPEN = "open"
    OVERDUE = "overdue"
    DUE_SOON = "due-soon"
    PAID = "paid"
    ALL = "all"


LABELS = {
    Show.OPEN: "Open",
    Show.OVERDUE: "Overdue",
    Show.DUE_SOON: "Due soon",
    Show.PAID: "Paid",
    Show.ALL: "All",
}


@dataclass(frozen=True)
class Line:
    """One invoice as a table row."""

    id: UUID
    number: str
    reference: str
    customer_id: UUID
    customer_name: str
    state: InvoiceState
    currency: str
    total: Decimal
    amount_due: Decimal
    issued_on: date
    due_on: date
    settled_on: date | None
    read_at: datetime


@dataclass(frozen=True)
class Group:
    """Lines of one currency."""

    currency: str
    lines: list[Line]


@dataclass(frozen=True)
class Sum:
    """How many invoices of a currency the filter holds in all, and what is due on them."""

    currency: str
    count: int
    due: Decimal


@dataclass(frozen=True)
class Page:
    """A page of lines, grouped by currency in their order."""

    lines: list[Line]
    sums: dict[str, Sum]
    counts: dict[Show, int]
    page: int

    @property
    def groups(self) -> list[Group]:
        """The lines by currency, in the order they come."""
        by_currency = groupby(self.lines, key=lambda line: line.currency)
        return [Group(currency, list(lines)) for currency, lines in by_currency]

    @property
    def total(self) -> int:
        return sum(one.count for one in self.sums.values())

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def invoice_page(
    session: Session, *, show: Show, search: str, page: int, today: date, base_currency: str
) -> Page:
    """One page. `search` is looked for in customer names, numbers and references."""
    matching = _matching(search)
    sums = session.execute(
        _joined(select(Invoice.currency, func.count(), func.sum(Invoice.amount_due)))
        .where(_shown(show, today), matching)
        .group_by(Invoice.currency)
    )
    found = {currency: Sum(currency, count, due) for currency, count, due in sums}
    counts = session.execute(
        _joined(select(*(func.count().filter(_shown(one, today)) for one in Show))).where(matching)
    ).one()
    last = max(1, -(-sum(one.count for one in found.values()) // PER_PAGE))
    page = min(max(page, 1), last)
    return Page(
        lines=_lines(session, and_(_shown(show, today), matching), show, page, base_currency),
        sums=found,
        counts=dict(zip(Show, counts, strict=True)),
        page=page,
    )


def lines_of_customer(session: Session, customer_id: UUID, *, open_only: bool, limit: int) -> list[Line]:
    """A customer's invoices: the open ones by due date, or the settled ones, latest first."""
    is_open = Invoice.state == InvoiceState.OPEN
    order = Invoice.due_on if open_only else Invoice.due_on.desc()
    statement = _columns().where(Invoice.customer_id == customer_id, is_open if open_only else ~is_open)
    return [Line(*row) for row in session.execute(statement.order_by(Invoice.currency, order).limit(limit))]


def one_line(session: Session, invoice_id: UUID) -> Line:
    """Raises NotFound for an unknown invoice and for another organisation's alike."""
    row = session.execute(_columns().where(Invoice.id == invoice_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such invoice here.")
    return Line(*row)


def _lines(
    session: Session, where: ColumnElement[bool], show: Show, page: int, base_currency: str
) -> list[Line]:
    latest_first = show in (Show.PAID, Show.ALL)
    by_day = Invoice.due_on.desc() if latest_first else Invoice.due_on
    statement = (
        _columns()
        .where(where)
        .order_by(Invoice.currency != base_currency, Invoice.currency, by_day, Invoice.number, Invoice.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    return [Line(*row) for row in session.execute(statement)]


def _columns() -> Select[*tuple[Any, ...]]:
    return _joined(
        select(
            Invoice.id,
            Invoice.number,
            Invoice.reference,
            Invoice.customer_id,
            Customer.name,
            Invoice.state,
            Invoice.currency,
            Invoice.total,
            Invoice.amount_due,
            Invoice.issued_on,
            Invoice.due_on,
            Invoice.settled_on,
            Invoice.read_at,
        )
    )


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    same = and_(Customer.tenant_id == Invoice.tenant_id, Customer.id == Invoice.customer_id)
    return statement.select_from(Invoice).join(Customer, same)


def _shown(show: Show, today: date) -> ColumnElement[bool]:
    is_owed = and_(Invoice.state == InvoiceState.OPEN, Invoice.amount_due > 0)
    if show is Show.OPEN:
        return is_owed
    if show is Show.OVERDUE:
        return and_(is_owed, Invoice.due_on < today)
    if show is Show.DUE_SOON:
        return and_(is_owed, Invoice.due_on >= today, Invoice.due_on <= today + _SOON)
    if show is Show.PAID:
        return Invoice.state == InvoiceState.PAID
    return Invoice.state != InvoiceState.DRAFT


def _matching(search: str) -> ColumnElement[bool]:
    if not search:
        return Invoice.tenant_id.is_not(None)
    return or_(
        *(
            column.icontains(search, autoescape=True)
            for column in (Customer.name, Invoice.number, Invoice.reference)
        )
    )
