"""Counts what a replay let leave, against the books and not against the planner's own word. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from uuid import UUID

from app.reminders.calendar_days import Place, public_holidays
from app.reminders.replay_books import Books
from app.reminders.replay_run import Course, Left

_SATURDAY = 5
_MOST_NAMED = 10


@dataclass(frozen=True)
class Figures:
    """One cadence over the period. Messages are what customers would have got; steps for a person stand apart."""

    messages: int
    customers: int
    """Who would have got at least one."""
    person_tasks: int
    per_channel: Mapping[str, int]
    """By the first channel that reaches the customer."""
    per_month: Mapping[date, int]
    """Messages by the first day of their month."""
    most: Sequence[tuple[UUID, int]]
    """The customers with the most messages."""
    after_payment: int
    """Messages that name an invoice which was settled by then. Must be 0."""
    prevented: int
    """Reminders that stood in the plan about an invoice when the money for it came. A schedule that nobody checks
    against the ledger would have sent them."""
    on_days_off: int
    """Messages on a weekend or public holiday of the business or the customer."""
    twice_in_a_day: int
    """Messages beyond the first for a customer on one channel and day. Must be 0."""
    unreachable: int
    """Customers for whom one was due and no address or number is known today."""
    reminded: int
    """Invoices named in at least one message."""
    paid_after: int
    """Those of them that were settled afterwards, in the period."""
    days_to_payment: int | None
    """Half of these were settled within so many days of the first message; None if there are none."""


def count(course: Course, books: Books, *, since: date, until: date) -> Figures:
    """What fell between the two days, both included."""
    left = [one for one in course.left if since <= one.on <= until]
    messages = [one for one in left if one.channels]
    settled = {invoice.id: invoice.settled_on for invoice in books.invoices}
    per_customer = Counter(one.customer_id for one in messages)
    waits = list(_waits(_firsts(course.left), settled, since, until))
    return Figures(
        messages=len(messages),
        customers=len(per_customer),
        person_tasks=len(left) - len(messages),
        per_channel=dict(Counter(one.channels[0] for one in messages).most_common()),
        per_month=_per_month(messages, since, until),
        most=per_customer.most_common(_MOST_NAMED),
        after_payment=sum(_is_after_payment(one, settled) for one in messages),
        prevented=sum(since <= on <= until for on, _ in course.overtaken),
        on_days_off=sum(_is_day_off(one, books) for one in messages),
        twice_in_a_day=len(messages) - len({(one.customer_id, one.on, one.channels[0]) for one in messages}),
        unreachable=sum(since <= day <= until for day in course.unreachable.values()),
        reminded=len({covered.invoice_id for one in messages for covered in one.covered}),
        paid_after=len(waits),
        days_to_payment=round(median(waits)) if waits else None,
    )


def months(since: date, until: date) -> list[date]:
    """The first days of all months of the period."""
    found = [since.replace(day=1)]
    while (following := _following(found[-1])) <= until:
        found.append(following)
    return found


def _following(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _per_month(messages: Iterable[Left], since: date, until: date) -> dict[date, int]:
    counted = Counter(one.on.replace(day=1) for one in messages)
    return {month: counted[month] for month in months(since, until)}


def _is_after_payment(one: Left, settled: Mapping[UUID, date | None]) -> bool:
    ends = (settled[covered.invoice_id] for covered in one.covered)
    return any(end is not None and end <= one.on for end in ends)


def _is_day_off(one: Left, books: Books) -> bool:
    addressee = books.addressees.get(one.customer_id)
    places = {books.place, addressee.place if addressee else None} - {None}
    return one.their_day.weekday() >= _SATURDAY or any(_is_holiday(one.their_day, place) for place in places)


def _is_holiday(day: date, place: Place | None) -> bool:
    return place is not None and day in public_holidays(*place, day.year)


def _firsts(left: Iterable[Left]) -> dict[UUID, date]:
    found: dict[UUID, date] = {}
    for one in left:
        if one.channels:
            for covered in one.covered:
                found.setdefault(covered.invoice_id, one.on)
    return found


def _waits(
    firsts: Mapping[UUID, date], settled: Mapping[UUID, date | None], since: date, until: date
) -> Iterator[int]:
    for invoice_id, first in firsts.items():
        end = settled[invoice_id]
        if since <= first and end is not None and first < end <= until:
            yield (end - first).days
