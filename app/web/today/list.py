"""What goes out: the reminders that wait for the owner's word, and those that go by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from app.models import CadenceStep, Customer, Invoice, Reminder, ReminderInvoice, ReminderState
from app.reminders import reasons
from app.reminders.seen_lists import mark

# One page of the list: as many as a person can look through, and well within one form.
MOST_SHOWN = 400

_OWNERS_WORD = (reasons.FIRST_LIST.code, reasons.VOLUME_BRAKE.code)


@dataclass(frozen=True)
class Outgoing:
    """One reminder as a row: who, about what, how much, which step, when."""

    id: UUID
    customer_id: UUID
    customer_name: str
    currency: str
    amount: Decimal
    numbers: list[str]
    oldest_due_on: date
    offset_days: int
    send_on: date
    due_at: datetime
    reason_code: str | None
    mark: str
    """What it is: another one once it has another step or other invoices."""


@dataclass(frozen=True)
class CurrencyGroup:
    """Rows of one currency with the totals of all of them, shown or not."""

    currency: str
    count: int
    amount: Decimal
    rows: list[Outgoing]


@dataclass(frozen=True)
class OutgoingList:
    """One page of rows, by currency. `total` counts those of all pages."""

    groups: list[CurrencyGroup]
    total: int
    shown: int
    page: int = 1
    last: int = 1
    """The last page."""

    @property
    def is_cut(self) -> bool:
        return self.shown < self.total

    @property
    def begins(self) -> int:
        """The place of the first row that is shown, counted from 1."""
        return (self.page - 1) * MOST_SHOWN + 1

    @property
    def is_braked(self) -> bool:
        """Whether any of them was stopped because far more than usual were about to leave."""
        return any(
            row.reason_code == reasons.VOLUME_BRAKE.code for group in self.groups for row in group.rows
        )


def waiting_for_confirmation(session: Session, *, base_currency: str, page: int = 1) -> OutgoingList:
    """What leaves as soon as the owner says so, and not before. A page beyond the last is the last."""
    return _listed(session, waits_for_owner(), base_currency=base_currency, most=MOST_SHOWN, page=page)


def waits_for_owner() -> ColumnElement[bool]:
    """Whether a reminder waits for nothing but the owner's word."""
    return and_(Reminder.state == ReminderState.HELD, Reminder.reason_code.in_(_OWNERS_WORD))


def going_out(session: Session, *, base_currency: str, most: int = 20) -> OutgoingList:
    """What goes by itself, soonest first."""
    return _listed(session, Reminder.state == ReminderState.PLANNED, base_currency=base_currency, most=most)


def _listed(
    session: Session,
    where: ColumnElement[bool],
    *,
    base_currency: str,
    most: int,
    page: int = 1,
) -> OutgoingList:
    totals = _totals(session, where)
    total = sum(count for count, _ in totals.values())
    last = max(1, -(-total // most))
    page = min(max(page, 1), last)
    rows = session.execute(_rows(where, base_currency).limit(most).offset((page - 1) * most)).all()
    outgoing = [Outgoing(*row) for row in rows]
    return OutgoingList(_grouped(outgoing, totals), total, len(outgoing), page, last)


def _grouped(rows: Sequence[Outgoing], totals: dict[str, tuple[int, Decimal]]) -> list[CurrencyGroup]:
    return [
        CurrencyGroup(currency, *totals[currency], list(lines))
        for currency, lines in groupby(rows, key=lambda row: row.currency)
    ]


def _totals(session: Session, where: ColumnElement[bool]) -> dict[str, tuple[int, Decimal]]:
    rows = session.execute(
        _covering(select(Reminder.currency, func.count(Reminder.id.distinct()), func.sum(Invoice.amount_due)))
        .where(where)
        .group_by(Reminder.currency)
    )
    return {currency: (count, amount) for currency, count, amount in rows}


def _rows(where: ColumnElement[bool], base_currency: str) -> Select[*tuple[Any, ...]]:
    customer = and_(Customer.tenant_id == Reminder.tenant_id, Customer.id == Reminder.customer_id)
    step = and_(CadenceStep.tenant_id == Reminder.tenant_id, CadenceStep.id == Reminder.step_id)
    statement = select(
        Reminder.id,
        Reminder.customer_id,
        Customer.name,
        Reminder.currency,
        func.sum(Invoice.amount_due),
        func.array_agg(aggregate_order_by(Invoice.number, Invoice.due_on)),
        func.min(Invoice.due_on),
        CadenceStep.offset_days,
        Reminder.send_on,
        Reminder.due_at,
        Reminder.reason_code,
        mark(),
    )
    return (
        _covering(statement)
        .join(Customer, customer)
        .join(CadenceStep, step)
        .where(where)
        .group_by(Reminder.tenant_id, Reminder.id, Customer.name, CadenceStep.offset_days)
        .order_by(
            Reminder.currency != base_currency,
            Reminder.currency,
            Reminder.due_at,
            func.min(Invoice.due_on),
            Customer.name,
            Reminder.id,
        )
    )


def _covering(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    covered = and_(
        ReminderInvoice.tenant_id == Reminder.tenant_id, ReminderInvoice.reminder_id == Reminder.id
    )
    invoice = and_(Invoice.tenant_id == ReminderInvoice.tenant_id, Invoice.id == ReminderInvoice.invoice_id)
    return statement.select_from(Reminder).join(ReminderInvoice, covered).join(Invoice, invoice)
