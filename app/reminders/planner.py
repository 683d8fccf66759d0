"""The planner: from open invoices and what was sent before to the next reminder of each customer and currency.

Values in, values out, `now` among them. The same function answers what is due, previews the next weeks
(`app.reminders.preview`) and replays the past.

Rules: an invoice has each step at most once. Of the steps whose day has come only the latest is sent, so
nothing is made up for. Steps that fall on a weekend go on Monday. Invoices that reach a step on the same
day travel together, and a customer gets one message per currency and day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.reminders.calendar import first_sending_day, local, moment, next_working_day, working_day
from app.reminders.reasons import Reason
from app.reminders.situation import (
    Addressee,
    Covered,
    Group,
    OpenInvoice,
    Past,
    Planned,
    Situation,
    Step,
    Stop,
)

_NO_PAST = Past()
_NOBODY = Addressee(has_address=False)


def plan(situation: Situation) -> list[Planned]:
    """The next reminder for each customer and currency that has one, in the order of the invoices."""
    calendar = _Calendar(situation)
    groups: dict[Group, list[OpenInvoice]] = {}
    for invoice in situation.invoices:
        if invoice.balance > 0:
            groups.setdefault((invoice.customer_id, invoice.currency), []).append(invoice)
    found = (calendar.next_of(group, invoices) for group, invoices in groups.items())
    return [planned for planned in found if planned is not None]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An invoice with a step to come, and the first day on which it could travel."""

    invoice: OpenInvoice
    day: date
    stop: Stop | None


class _Calendar:
    """One planning run: remembers the moments it has worked out."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._first = first_sending_day(situation.now, situation.zone)
        self._moments: dict[date, datetime] = {}
        self._step_days: dict[date, tuple[tuple[date, Step], ...]] = {}

    def next_of(self, group: Group, invoices: list[OpenInvoice]) -> Planned | None:
        past = self._situation.past.get(group, _NO_PAST)
        addressee = self._situation.addressees.get(group[0], _NOBODY)
        candidates = list(self._candidates(self._first_day(past), addressee.stop, invoices))
        if not candidates:
            return None
        free = [candidate for candidate in candidates if not _is_endless(candidate.stop)]
        return self._together(group, past, free or candidates, addressee.obstacle())

    def _first_day(self, past: Past) -> date:
        first = self._first
        if past.last_on is not None:
            first = max(first, next_working_day(past.last_on))
        if past.not_before is not None:
            first = max(first, working_day(local(past.not_before, self._situation.zone).date()))
        return first

    def _candidates(
        self, first: date, customer_stop: Stop | None, invoices: list[OpenInvoice]
    ) -> Iterator[_Candidate]:
        for invoice in invoices:
            earliest = self._next_step_day(invoice)
            if earliest is None:
                continue
            day = max(first, earliest)
            stop = _stricter(invoice.stop, customer_stop)
            after = working_day(stop.until + timedelta(days=1)) if stop and stop.until else day
            yield _Candidate(invoice, max(day, after), stop if _is_endless(stop) or after > day else None)

    def _next_step_day(self, invoice: OpenInvoice) -> date | None:
        """The day of the first step this invoice has not had yet."""
        last = invoice.last_offset
        for day, step in self._days(invoice.due_on):
            if last is None or step.offset_days > last:
                return day
        return None

    def _together(
        self, group: Group, past: Past, candidates: list[_Candidate], obstacle: Reason | None
    ) -> Planned:
        day = min(candidate.day for candidate in candidates)
        travelling = [candidate for candidate in candidates if candidate.day == day]
        if len(travelling) > 1:
            travelling.sort(key=lambda one: (one.invoice.due_on, one.invoice.id))
        covered = tuple(
            Covered(one.invoice.id, self._step_reached(one.invoice.due_on, day).id) for one in travelling
        )
        due_at = self._moment(day)
        return Planned(
            customer_id=group[0],
            currency=group[1],
            send_on=day,
            due_at=max(due_at, past.not_before) if past.not_before else due_at,
            step_id=covered[0].step_id,
            covered=covered,
            obstacle=obstacle or _why_held(travelling),
        )

    def _step_reached(self, due_on: date, day: date) -> Step:
        """The latest step whose day has come; that there is one is known from the candidate's day."""
        return next(step for comes_on, step in reversed(self._days(due_on)) if comes_on <= day)

    def _days(self, due_on: date) -> tuple[tuple[date, Step], ...]:
        """The working day of each step for invoices due on a day; many invoices share it."""
        if due_on not in self._step_days:
            self._step_days[due_on] = tuple(
                (working_day(due_on + timedelta(days=step.offset_days)), step)
                for step in self._situation.cadence.steps
            )
        return self._step_days[due_on]

    def _moment(self, day: date) -> datetime:
        if day not in self._moments:
            self._moments[day] = moment(day, self._situation.cadence.send_hour, self._situation.zone)
        return self._moments[day]


def _is_endless(stop: Stop | None) -> bool:
    return stop is not None and stop.until is None


def _stricter(one: Stop | None, other: Stop | None) -> Stop | None:
    """The hold that ends later; one without an end is the strictest."""
    if one is None or other is None:
        return one or other
    if one.until is None or other.until is None:
        return one if one.until is None else other
    return one if one.until >= other.until else other


def _why_held(travelling: list[_Candidate]) -> Reason | None:
    """The reason if holds alone decide the day: no invoice travels that is free of one."""
    stop = travelling[0].stop
    if stop is None or any(candidate.stop is None for candidate in travelling):
        return None
    return stop.why()
