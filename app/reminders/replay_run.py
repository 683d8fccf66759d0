"""Runs the planner through the past, day by day, as if a cadence had been in force all along. Pure.

Only days on which something happens to a customer are looked at: an invoice is issued, money comes, a reminder
leaves. Between them a plan stays right, so that years of a large ledger take seconds.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from heapq import heapify, heappop, heappush
from uuid import UUID
from zoneinfo import ZoneInfo

from app.models import StepAction
from app.reminders.planner import Pages, plan
from app.reminders.replay_books import Books, PastInvoice
from app.reminders.situation import (
    Addressee,
    Cadence,
    Contact,
    Covered,
    Group,
    Had,
    OpenInvoice,
    Past,
    Planned,
    Situation,
)

_ONE_DAY, _SIX_DAYS = timedelta(days=1), timedelta(days=6)
_NOBODY = Addressee(has_address=False)


@dataclass(frozen=True, slots=True)
class Left:
    """A reminder that would have left."""

    on: date
    """The organisation's day."""
    their_day: date
    """The day on the recipient's calendar."""
    customer_id: UUID
    currency: str
    channels: tuple[str, ...]
    """Empty: a person would have been asked to act."""
    covered: tuple[Covered, ...]


@dataclass
class Course:
    """How the past would have gone."""

    left: list[Left] = field(default_factory=list)
    overtaken: set[tuple[date, Group]] = field(default_factory=set)
    """Day and group of reminders that were planned about an invoice when the money for it came."""
    unreachable: dict[UUID, date] = field(default_factory=dict)
    """Customers for whom a reminder was due and nowhere to go, with the last day of that."""


def run(books: Books, cadence: Cadence, *, until: date, tell: Callable[[date], None] | None = None) -> Course:
    """From the first invoice to the end of `until`. `tell` is called with each day that is looked at."""
    running = _Run(books, cadence)
    while running.days and running.days[0] <= until:
        day = heappop(running.days)
        if tell is not None:
            tell(day)
        running.live(day)
    return running.course


class _Run:
    """What is known on the present day of the past, and what is planned on it."""

    def __init__(self, books: Books, cadence: Cadence) -> None:
        self._books, self._cadence = books, cadence
        self._home = ZoneInfo(books.zone)
        self._steps = {step.id: step for step in cadence.steps}
        self._ways = {(channel, step.recipient_role) for step in cadence.steps for channel in step.channels}
        self._asks_persons = any(step.action is StepAction.TASK for step in cadence.steps)
        self.course = Course()
        self._pages: Pages = {}
        self._stuck: set[UUID] = set()
        self._elsewhere: set[UUID] = set()
        self._open: dict[UUID, dict[UUID, PastInvoice]] = {}
        self._balances: dict[UUID, Decimal] = {}
        self._had: dict[UUID, tuple[Had, ...]] = {}
        self._past: dict[Group, Past] = {}
        self._contacts: dict[UUID, tuple[Contact, ...]] = {}
        self._standing: dict[UUID, list[Planned]] = {}
        self._issues: dict[date, list[PastInvoice]] = {}
        self._falls: dict[date, list[tuple[PastInvoice, Decimal]]] = {}
        self._wakes: dict[date, set[UUID]] = {}
        for invoice in books.invoices:
            self._issues.setdefault(invoice.issued_on, []).append(invoice)
            for at, amount in invoice.falls:
                self._falls.setdefault(at, []).append((invoice, amount))
        self.days = list(self._issues.keys() | self._falls.keys())
        heapify(self.days)

    def live(self, day: date) -> None:
        """Let one day pass."""
        touched = {invoice.customer_id for invoice in self._issues.get(day, ())}
        touched |= {invoice.customer_id for invoice, _ in self._falls.get(day, ())}
        for invoice in self._issues.pop(day, ()):
            self._open.setdefault(invoice.customer_id, {})[invoice.id] = invoice
            self._balances[invoice.id] = invoice.total
        self._take_money(day)
        # Where nothing has happened, what was planned for today still is what would be planned today.
        awake = self._wakes.pop(day, set()) - touched
        touched |= self._let_leave((one for who in sorted(awake) for one in self._standing.get(who, ())), day)
        touched |= awake & self._stuck
        while touched:
            self._plan(touched, day)
            touched = self._let_leave(
                (one for who in sorted(touched) for one in self._standing.get(who, ())), day
            )

    def _take_money(self, day: date) -> None:
        settled: dict[UUID, set[UUID]] = {}
        for invoice, amount in self._falls.pop(day, ()):
            self._balances[invoice.id] -= amount
            if self._balances[invoice.id] <= 0:
                self._open[invoice.customer_id].pop(invoice.id, None)
                settled.setdefault(invoice.customer_id, set()).add(invoice.id)
        for customer_id, invoices in settled.items():
            for planned in self._standing.get(customer_id, ()):
                names_one = any(covered.invoice_id in invoices for covered in planned.covered)
                if names_one and planned.obstacle is None and planned.channels:
                    self.course.overtaken.add((planned.send_on, planned.group))

    def _plan(self, customers: set[UUID], day: date) -> None:
        now = datetime.combine(day, time(), tzinfo=self._home).astimezone(UTC)
        ordered = sorted(customers)
        for customer_id in ordered:
            self._standing.pop(customer_id, None)
        self._stuck -= customers
        for one in plan(self._situation(now, ordered), pages=self._pages):
            self._standing.setdefault(one.customer_id, []).append(one)
            if one.send_on > day:
                self._wake(one.customer_id, one.send_on)
        self._look_again_elsewhere(customers, day)

    def _look_again_elsewhere(self, customers: set[UUID], day: date) -> None:
        """Where the day goes on into our tomorrow, what makes room for another message may leave earlier then."""
        for customer_id in customers:
            zones = self._addressee(customer_id).zones
            if set(zones) - {self._books.zone} and (
                customer_id in self._elsewhere or len(self._standing.get(customer_id, ())) > 1
            ):
                self._stuck.add(customer_id)
                self._wake(customer_id, day + _ONE_DAY)
        self._elsewhere -= customers

    def _let_leave(self, planned: Iterable[Planned], day: date) -> set[UUID]:
        """Those whose day has come; the customers for whom something left."""
        left = set()
        for one in [one for one in planned if one.send_on <= day]:
            if one.obstacle is not None:
                self._cannot_leave(one, day)
            else:
                self._leave(one, day)
                left.add(one.customer_id)
        return left

    def _situation(self, now: datetime, customers: Iterable[UUID]) -> Situation:
        invoices = [
            OpenInvoice(
                id=one.id,
                customer_id=customer_id,
                currency=one.currency,
                due_on=one.due_on,
                balance=self._balances[one.id],
                had=self._had.get(one.id, ()),
                issued_on=one.issued_on,
                total=one.total,
            )
            for customer_id in customers
            for one in self._open.get(customer_id, {}).values()
        ]
        return Situation(
            now=now,
            zone=self._books.zone,
            cadence=self._cadence,
            invoices=invoices,
            addressees=self._books.addressees,
            past=self._past,
            contacts=self._contacts,
            place=self._books.place,
        )

    def _leave(self, one: Planned, day: date) -> None:
        zones = self._addressee(one.customer_id).zones
        their_day = one.due_at.astimezone(ZoneInfo(zones[0]) if zones else self._home).date()
        self.course.left.append(
            Left(day, their_day, one.customer_id, one.currency, one.channels, one.covered)
        )
        for covered in one.covered:
            had = Had(self._steps[covered.step_id], covered.occurrence, day)
            self._had[covered.invoice_id] = (*self._had.get(covered.invoice_id, ()), had)
        self._past[one.group] = Past(last_on=day)
        if set(zones) - {self._books.zone}:
            self._elsewhere.add(one.customer_id)
        if one.channels:
            recent = (had for had in self._contacts.get(one.customer_id, ()) if had.on >= day - _SIX_DAYS)
            self._contacts[one.customer_id] = (*recent, Contact(day, one.channels[0]))

    def _cannot_leave(self, one: Planned, day: date) -> None:
        """Look again on the next day if a later step may have another way to the customer."""
        self.course.unreachable[one.customer_id] = day
        addressee = self._addressee(one.customer_id)
        has_way = self._asks_persons or any(addressee.reaches(*way) for way in self._ways)
        if has_way and addressee.is_active:
            self._stuck.add(one.customer_id)
            self._wake(one.customer_id, day + _ONE_DAY)

    def _addressee(self, customer_id: UUID) -> Addressee:
        return self._books.addressees.get(customer_id, _NOBODY)

    def _wake(self, customer_id: UUID, day: date) -> None:
        known = day in self._wakes or day in self._issues or day in self._falls
        self._wakes.setdefault(day, set()).add(customer_id)
        if not known:
            heappush(self.days, day)
