"""The coming weeks as rows: every reminder by day, with what holds it where something does."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import UNDECIDED, CadenceStep, Invoice, InvoiceState, Reminder, ReminderState
from app.reminders.looking_ahead import Ahead, look_ahead
from app.reminders.situation import Group

DAYS = 30
PER_PAGE = 100


@dataclass(frozen=True)
class Stored:
    """The reminder that is planned for a customer and currency now."""

    id: UUID
    send_on: date
    state: ReminderState
    reason: str | None


@dataclass(frozen=True)
class Coming:
    """One reminder to come. Only the next one of a customer and currency is stored; later ones are foreseen."""

    ahead: Ahead
    numbers: Sequence[str]
    amount: Decimal
    offset_days: int
    stored: Stored | None


@dataclass(frozen=True)
class Day:
    """A day's reminders: those of this page, and the figures of all of them."""

    day: date
    count: int
    amounts: Mapping[str, Decimal]
    rows: Sequence[Coming]


@dataclass(frozen=True)
class HeldWithoutDay:
    """Reminders that wait for something else than a day."""

    code: str
    reason: str
    count: int


@dataclass(frozen=True)
class ComingWeeks:
    """A page of them; the counts are of all pages."""

    days: Sequence[Day]
    total: int
    customers: int
    held: Sequence[HeldWithoutDay]
    page: int
    last: int


def coming_weeks(session: Session, *, now: datetime, search: str, page: int) -> ComingWeeks:
    """The next thirty days, of customers whose name holds `search`."""
    ahead = sorted(look_ahead(session, now=now, days=DAYS), key=lambda one: one.planned.send_on)
    stored = _stored(session)
    held = _held_without_day(session, {one.planned.group for one in ahead})
    wanted = [one for one in ahead if search.casefold() in one.customer.casefold()]
    last = max(1, -(-len(wanted) // PER_PAGE))
    page = min(max(page, 1), last)
    balances = _balances(session)
    shown = {id(one) for one in wanted[(page - 1) * PER_PAGE : page * PER_PAGE]}
    rows = _Rows(balances, _offsets(session), stored)
    return ComingWeeks(
        days=[day for day in _days(wanted, shown, rows) if day.rows],
        total=len(wanted),
        customers=len({one.planned.customer_id for one in wanted}),
        held=held,
        page=page,
        last=last,
    )


@dataclass(frozen=True)
class _Rows:
    """Makes rows of what is ahead."""

    balances: Mapping[UUID, tuple[str, Decimal]]
    offsets: Mapping[UUID, int]
    stored: Mapping[Group, Stored]

    def amount(self, one: Ahead) -> Decimal:
        return sum((self._invoice(covered.invoice_id)[1] for covered in one.planned.covered), Decimal(0))

    def _invoice(self, invoice_id: UUID) -> tuple[str, Decimal]:
        """Number and balance; nothing is left of one that was paid between two of our questions."""
        return self.balances.get(invoice_id, ("", Decimal(0)))

    def row(self, one: Ahead) -> Coming:
        planned = one.planned
        stored = self.stored.get(planned.group)
        return Coming(
            ahead=one,
            numbers=[self._invoice(covered.invoice_id)[0] for covered in planned.covered],
            amount=self.amount(one),
            offset_days=self.offsets[planned.step_id],
            stored=stored if stored and stored.send_on == planned.send_on else None,
        )


def _days(wanted: Iterable[Ahead], shown: set[int], rows: _Rows) -> Iterator[Day]:
    for day, group in groupby(wanted, key=lambda one: one.planned.send_on):
        of_day = list(group)
        amounts: dict[str, Decimal] = {}
        for one in of_day:
            currency = one.planned.currency
            amounts[currency] = amounts.get(currency, Decimal(0)) + rows.amount(one)
        yield Day(day, len(of_day), amounts, [rows.row(one) for one in of_day if id(one) in shown])


def _balances(session: Session) -> dict[UUID, tuple[str, Decimal]]:
    rows = session.execute(
        select(Invoice.id, Invoice.number, Invoice.amount_due).where(
            Invoice.state == InvoiceState.OPEN, Invoice.amount_due > 0
        )
    )
    return {invoice_id: (number, amount_due) for invoice_id, number, amount_due in rows}


def _offsets(session: Session) -> dict[UUID, int]:
    rows = session.execute(select(CadenceStep.id, CadenceStep.offset_days))
    return {step_id: offset for step_id, offset in rows}  # noqa: C416 (a Row is not a pair of types)


def _stored(session: Session) -> dict[Group, Stored]:
    rows = session.execute(
        select(
            Reminder.customer_id,
            Reminder.currency,
            Reminder.id,
            Reminder.send_on,
            Reminder.state,
            Reminder.reason,
        ).where(Reminder.state.in_(UNDECIDED))
    )
    return {
        (customer_id, currency): Stored(reminder_id, send_on, state, reason)
        for customer_id, currency, reminder_id, send_on, state, reason in rows
    }


def _held_without_day(session: Session, with_day: set[Group]) -> list[HeldWithoutDay]:
    """Reminders that no day of the coming weeks brings: no address, a hold without an end. The most first."""
    rows = session.execute(
        select(
            Reminder.customer_id, Reminder.currency, Reminder.reason_code, func.coalesce(Reminder.reason, "")
        )
        .where(Reminder.state == ReminderState.HELD)
        .order_by(Reminder.reason_code, Reminder.planned_at)
    )
    found: dict[str, tuple[str, int]] = {}
    for customer_id, currency, code, reason in rows:
        if (customer_id, currency) not in with_day:
            first, count = found.get(code or "", (reason, 0))
            found[code or ""] = (first, count + 1)
    held = [HeldWithoutDay(code, reason, count) for code, (reason, count) in found.items()]
    return sorted(held, key=lambda one: -one.count)
