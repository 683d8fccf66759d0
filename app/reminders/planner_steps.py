"""The days on which an invoice comes to the steps of its cadence. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.models import Anchor, Counts
from app.reminders.planner_diary import Diary
from app.reminders.situation import Cadence, Had, OpenInvoice, Step


@dataclass(frozen=True, slots=True)
class Reached:
    """A step, or a repeat of it, on the day it counts to."""

    day: date
    opens_on: date
    """The first day from then on that is no weekend and no holiday."""
    step: Step
    occurrence: int


class Timelines:
    """The steps of one cadence for many invoices; most share their due dates."""

    def __init__(self, cadence: Cadence, diary: Diary) -> None:
        self._steps = cadence.steps
        self._diary = diary
        self._is_plain = not any(_looks_at_more_than_dates(step) for step in cadence.steps)
        self._known: dict[tuple[date, date | None], list[Reached]] = {}

    def ahead(self, invoice: OpenInvoice) -> list[Reached]:
        """The steps an invoice has not had, in order. Those passed over are not made up for."""
        line = self._line(invoice)
        if not invoice.had:
            return line
        passed = max(self._counted_to(had, invoice) for had in invoice.had)
        spent = {(had.step.id, had.occurrence) for had in invoice.had}
        return [one for one in line if one.day > passed and (one.step.id, one.occurrence) not in spent]

    def _line(self, invoice: OpenInvoice) -> list[Reached]:
        if not self._is_plain:
            return self._build(invoice)
        key = (invoice.due_on, invoice.issued_on)
        if key not in self._known:
            self._known[key] = self._build(invoice)
        return self._known[key]

    def _build(self, invoice: OpenInvoice) -> list[Reached]:
        firsts = sorted(self._firsts(invoice), key=lambda one: one.day)
        line = list(firsts)
        for first in firsts:
            until = next((later.day for later in firsts if later.day > first.day), date.max)
            line += (again for again in self._repeats(first) if again.day < until)
        return sorted(line, key=lambda one: one.day)

    def _firsts(self, invoice: OpenInvoice) -> Iterator[Reached]:
        previous: Reached | None = None
        for step in self._steps:
            if step.suits(invoice.balance, invoice.promise_broken_on):
                day = self._count(step, _anchor_day(step, invoice, previous))
                previous = Reached(day, self._diary.on_or_after(day), step, 0)
                yield previous

    def _repeats(self, first: Reached) -> Iterator[Reached]:
        every = first.step.repeat_every_days
        if every:
            for occurrence in range(1, first.step.repeat_limit + 1):
                day = first.day + timedelta(days=every * occurrence)
                yield Reached(day, self._diary.on_or_after(day), first.step, occurrence)

    def _count(self, step: Step, start: date) -> date:
        if step.counts is Counts.BUSINESS:
            return self._diary.days.plus(start, step.offset_days)
        return start + timedelta(days=step.offset_days)

    def _counted_to(self, had: Had, invoice: OpenInvoice) -> date:
        """The day a step of the past counts to by the dates the invoice has now: a moved due date moves it too."""
        step = had.step
        if step.anchor is Anchor.PREVIOUS or step.only_after is not None:
            return had.on
        day = self._count(step, _anchor_day(step, invoice, None))
        return day + timedelta(days=(step.repeat_every_days or 0) * had.occurrence)


def _looks_at_more_than_dates(step: Step) -> bool:
    return (
        step.anchor is Anchor.PREVIOUS
        or step.only_after is not None
        or step.min_balance is not None
        or step.max_balance is not None
    )


def _anchor_day(step: Step, invoice: OpenInvoice, previous: Reached | None) -> date:
    if step.only_after is not None and invoice.promise_broken_on is not None:
        return invoice.promise_broken_on
    if step.anchor is Anchor.ISSUED:
        return invoice.issued_on or invoice.due_on
    if step.anchor is Anchor.PREVIOUS and previous is not None:
        sent = [had.on for had in invoice.had if had.step.id == previous.step.id]
        return max(sent, default=previous.day)
    return invoice.due_on
