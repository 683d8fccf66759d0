"""Customers who owe something, with their ageing, found by name, tag or what holds them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlalchemy.orm import Session

from app.models import Customer, CustomerTag, HoldScope, Invoice, InvoiceState
from app.reminders.holds import Key, load_stops
from app.reminders.situation import Stop
from app.reminders.tags import tags_of

PER_PAGE = 100
_BUCKETS = (0, 30, 60, 90)


class Show(StrEnum):
    """The filters, in the order of their chips."""

    OWING = "owing"
    OVERDUE = "overdue"
    HELD = "held"
    ALL = "all"


LABELS = {Show.OWING: "Owing", Show.OVERDUE: "Overdue", Show.HELD: "Held", Show.ALL: "All"}
AGEING = ("Not due", "1-30 days", "31-60 days", "61-90 days", "Older")


@dataclass(frozen=True)
class Row:
    """What one customer owes in one currency, by how long it has been due."""

    id: UUID
    name: str
    currency: str | None
    count: int
    due: Decimal
    ageing: tuple[Decimal, ...]
    tags: list[str] = field(default_factory=list)
    held: str | None = None
    """The sentence of what holds the customer, or that some of their invoices are held."""


@dataclass(frozen=True)
class Sum:
    """What all customers of the list owe in one currency, this page's and every other's."""

    customers: int
    due: Decimal
    ageing: tuple[Decimal, ...]


@dataclass(frozen=True)
class Page:
    """A page of rows."""

    rows: list[Row]
    sums: Mapping[str, Sum]
    """By currency."""
    total: int
    page: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PER_PAGE))

    @property
    def groups(self) -> list[tuple[str | None, list[Row]]]:
        """By currency, in the order they come."""
        return [(currency, list(rows)) for currency, rows in groupby(self.rows, key=lambda row: row.currency)]


def customer_page(
    session: Session, *, show: Show, search: str, tag: str, page: int, today: date, base_currency: str
) -> Page:
    """One page, the largest debts of each currency first."""
    stops = load_stops(session, today)
    held_in_part = _customers_of(session, stops)
    where = and_(_shown(show, today, stops, held_in_part), _matching(search), _tagged(tag))
    is_all = show is Show.ALL or show is Show.HELD
    statement = _rows(today, where, is_all=is_all)
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    page = min(max(page, 1), max(1, -(-total // PER_PAGE)))
    due = func.coalesce(func.sum(Invoice.amount_due), 0)
    rows = session.execute(
        statement.order_by(Invoice.currency != base_currency, Invoice.currency, due.desc(), Customer.name)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).all()
    tags = tags_of(session, {row[0] for row in rows})
    return Page(
        rows=[
            Row(
                id=row[0],
                name=row[1],
                currency=row[2],
                count=row[3],
                due=row[4],
                ageing=tuple(row[5:]),
                tags=tags.get(row[0], []),
                held=_held(stops, row[0], held_in_part),
            )
            for row in rows
        ],
        sums=_sums(session, today, where),
        total=total,
        page=page,
    )


_OWED = and_(
    Invoice.tenant_id == Customer.tenant_id,
    Invoice.customer_id == Customer.id,
    Invoice.state == InvoiceState.OPEN,
    Invoice.amount_due > 0,
)


def _sums(session: Session, today: date, where: ColumnElement[bool]) -> dict[str, Sum]:
    customers, due = func.count(Customer.id.distinct()), func.sum(Invoice.amount_due)
    statement = select(Invoice.currency, customers, due, *_ageing(today)).select_from(Customer)
    rows = session.execute(statement.join(Invoice, _OWED).where(where).group_by(Invoice.currency))
    return {row[0]: Sum(row[1], row[2], tuple(row[3:])) for row in rows}


def _rows(today: date, where: ColumnElement[bool], *, is_all: bool) -> Select[*tuple[Any, ...]]:
    due = func.coalesce(func.sum(Invoice.amount_due), 0)
    statement = select(
        Customer.id, Customer.name, Invoice.currency, func.count(Invoice.id), due, *_ageing(today)
    ).join(Invoice, _OWED, isouter=is_all)
    return statement.where(where).group_by(Customer.tenant_id, Customer.id, Customer.name, Invoice.currency)


def _ageing(today: date) -> list[ColumnElement[Decimal]]:
    """What is due in each bucket."""
    edges = [today - timedelta(days=days) for days in _BUCKETS]
    within = [
        Invoice.due_on >= edges[0],
        *(and_(Invoice.due_on < newer, Invoice.due_on >= older) for newer, older in pairwise(edges)),
        Invoice.due_on < edges[-1],
    ]
    return [func.coalesce(func.sum(Invoice.amount_due).filter(one), 0) for one in within]


def _shown(
    show: Show, today: date, stops: Mapping[Key, Stop], held_in_part: Collection[UUID]
) -> ColumnElement[bool]:
    if show is Show.OVERDUE:
        return Invoice.due_on < today
    if show is Show.HELD:
        whole = {subject for scope, subject in stops if scope is HoldScope.CUSTOMER}
        return Customer.id.in_(whole | set(held_in_part))
    return true()


def _matching(search: str) -> ColumnElement[bool]:
    return Customer.name.icontains(search, autoescape=True) if search else true()


def _tagged(tag: str) -> ColumnElement[bool]:
    if not tag:
        return true()
    return Customer.id.in_(select(CustomerTag.customer_id).where(CustomerTag.tag == tag))


def _customers_of(session: Session, stops: Mapping[Key, Stop]) -> set[UUID]:
    """Those of whom an open invoice is held."""
    held = [subject for scope, subject in stops if scope is HoldScope.INVOICE]
    if not held:
        return set()
    is_open = (Invoice.id.in_(held), Invoice.state == InvoiceState.OPEN)
    return set(session.scalars(select(Invoice.customer_id).where(*is_open).distinct()))


def _held(stops: Mapping[Key, Stop], customer_id: UUID, held_in_part: Collection[UUID]) -> str | None:
    stop = stops.get((HoldScope.CUSTOMER, customer_id))
    if stop is not None:
        return stop.why().sentence
    return "Some of their invoices are held." if customer_id in held_in_part else None
