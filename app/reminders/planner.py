"""The planner: from open invoices and what was sent before to the next reminder of each customer and currency.

Values in, values out, `now` among them. The same function answers what is due, previews the next weeks
(`app.reminders.preview`) and replays the past.

Rules: an invoice has each step, and each repeat of it, at most once. Of the steps whose day has come only
the latest is sent, so nothing is made up for. Steps that fall on a day on which nothing leaves go on the
next one that is open where the recipient is. Invoices that reach a step on the same day travel together
unless their cadence wants one message each. A customer gets one message per channel and day, and at most
seven in seven days, whatever the currencies.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from app.models import CatchUpMode
from app.reminders.conditions import Profile
from app.reminders.planner_caps import MOST_IN_SEVEN_DAYS, is_too_much, leaves
from app.reminders.planner_diary import Diary
from app.reminders.planner_groups import Candidate, as_planned, is_endless, stricter
from app.reminders.planner_steps import Reached, Timelines
from app.reminders.situation import (
    Addressee,
    Cadence,
    Contact,
    Group,
    OpenInvoice,
    Past,
    Planned,
    Situation,
)

__all__ = ["MOST_IN_SEVEN_DAYS", "Pages", "plan"]

_NO_PAST = Past()
_NOBODY = Addressee(has_address=False)
_NO_PROFILE = Profile()


Pages = dict[tuple[object, ...], tuple[Diary, Timelines]]
"""Diaries and timelines by cadence and recipient's whereabouts."""


def plan(situation: Situation, *, pages: Pages | None = None) -> list[Planned]:
    """The next reminder for each customer and currency that has one, in the order of the invoices.

    `pages` remembers what was worked out, for one who plans many days of the same organisation with the same
    cadence objects.
    """
    run = _Run(situation, {} if pages is None else pages)
    customers: dict[UUID, dict[Group, list[OpenInvoice]]] = {}
    for invoice in situation.invoices:
        if invoice.balance > 0:
            groups = customers.setdefault(invoice.customer_id, {})
            groups.setdefault((invoice.customer_id, invoice.currency), []).append(invoice)
    return [planned for groups in customers.values() for planned in run.next_of(groups)]


class _Run:
    """One planning: remembers the diaries and timelines it has worked out, and where they begin."""

    def __init__(self, situation: Situation, known: Pages) -> None:
        self._situation = situation
        self._known = known
        self._home_day_now = situation.now.astimezone(ZoneInfo(situation.zone)).date()
        self._diaries: dict[tuple[object, ...], tuple[Diary, Timelines, date]] = {}

    def next_of(self, groups: dict[Group, list[OpenInvoice]]) -> list[Planned]:
        """What one customer gets next in each currency."""
        found = [self._next(group, invoices, None) for group, invoices in groups.items()]
        planned = [one for one in found if one is not None]
        had = self._situation.contacts.get(planned[0].customer_id, ()) if planned else ()
        if len(planned) + len(had) <= 1:
            return planned
        return list(self._within_the_caps(groups, planned, list(had)))

    def _within_the_caps(
        self, groups: dict[Group, list[OpenInvoice]], planned: list[Planned], had: list[Contact]
    ) -> Iterator[Planned]:
        """Moved to later days where the customer would get too much."""
        for first in sorted(
            planned, key=lambda one: (one.due_at, one.reached_on or one.send_on, one.currency)
        ):
            one: Planned | None = first
            while one is not None and leaves(one) and is_too_much(one, had):
                one = self._next(one.group, groups[one.group], one.send_on)
            if one is None:
                continue
            if leaves(one):
                had.append(Contact(one.send_on, one.channels[0]))
            yield one

    def _next(self, group: Group, invoices: list[OpenInvoice], later_than: date | None) -> Planned | None:
        """The next reminder of a group; later than a day of the organisation that is taken, if one is given."""
        past = self._situation.past.get(group, _NO_PAST)
        last = max((day for day in (past.last_on, later_than) if day is not None), default=None)
        addressee = self._situation.addressees.get(group[0], _NOBODY)
        candidates = [
            found
            for invoice in invoices
            if (found := self._candidate(invoice, addressee, past.not_before, last)) is not None
        ]
        if not candidates:
            return None
        free = [candidate for candidate in candidates if not is_endless(candidate.stop)]
        return as_planned(
            group,
            free or candidates,
            addressee=addressee,
            not_before=past.not_before,
            late=self._situation.late,
            home_day_now=self._home_day_now,
        )

    def _candidate(
        self, invoice: OpenInvoice, addressee: Addressee, not_before: datetime | None, last: date | None
    ) -> Candidate | None:
        cadence = self._cadence_of(invoice)
        diary, timelines, day = self._pages(cadence, addressee)
        ahead = self._wanted(timelines.ahead(invoice))
        if not ahead:
            return None
        if not_before is not None:
            day = max(day, diary.first_day(not_before))
        if last is not None:
            day = diary.after_home_day(day, last)
        day = max(day, ahead[0].opens_on)
        stop = stricter(invoice.stop, addressee.stop)
        after = diary.on_or_after(stop.until + timedelta(days=1)) if stop and stop.until else day
        is_held = is_endless(stop) or after > day
        return Candidate(invoice, cadence, diary, ahead, max(day, after), stop if is_held else None)

    def _wanted(self, ahead: Sequence[Reached]) -> Sequence[Reached]:
        late = self._situation.late
        if late is None or late.mode is not CatchUpMode.SKIP:
            return ahead
        return [one for one in ahead if one.opens_on >= late.until]

    def _cadence_of(self, invoice: OpenInvoice) -> Cadence:
        situation = self._situation
        if not situation.rules:
            return situation.cadence
        profile = situation.profiles.get(invoice.customer_id, _NO_PROFILE)
        total: Decimal = invoice.balance if invoice.total is None else invoice.total
        return next(
            (
                rule.cadence
                for rule in situation.rules
                if rule.conditions.fit(profile, currency=invoice.currency, total=total)
            ),
            situation.cadence,
        )

    def _pages(self, cadence: Cadence, addressee: Addressee) -> tuple[Diary, Timelines, date]:
        """The diary of this kind of recipient, its timelines, and its first day."""
        key = (id(cadence), addressee.zones, addressee.place)
        if key not in self._diaries:
            if key not in self._known:
                self._known[key] = self._new_pages(cadence, addressee)
            diary, timelines = self._known[key]
            self._diaries[key] = diary, timelines, diary.first_day(self._situation.now)
        return self._diaries[key]

    def _new_pages(self, cadence: Cadence, addressee: Addressee) -> tuple[Diary, Timelines]:
        home = self._situation.place
        places = tuple(dict.fromkeys(place for place in (home, addressee.place) if place))
        diary = Diary(cadence, home=self._situation.zone, zones=addressee.zones, places=places)
        return diary, Timelines(cadence, diary)
