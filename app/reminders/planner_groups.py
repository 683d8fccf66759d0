"""Which invoices of a customer and currency travel together, and the reminder they make. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.models import CatchUpMode, Grouping, StepAction
from app.reminders.planner_diary import Diary
from app.reminders.planner_steps import Reached
from app.reminders.reasons import Reason
from app.reminders.situation import (
    Addressee,
    Cadence,
    Covered,
    Group,
    Late,
    OpenInvoice,
    Planned,
    Stop,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An invoice with steps to come, and the first day on which it could travel."""

    invoice: OpenInvoice
    cadence: Cadence
    diary: Diary
    ahead: Sequence[Reached]
    day: date
    stop: Stop | None

    def travel(self) -> "Traveller":
        """With the latest step whose day has come on the day of travel; that there is one is known from that day."""
        return Traveller(self, next(one for one in reversed(self.ahead) if one.opens_on <= self.day))


@dataclass(frozen=True, slots=True)
class Traveller:
    """A candidate that leaves, at the step it will have reached."""

    candidate: Candidate
    reached: Reached

    def covered(self) -> Covered:
        """As the reminder names it."""
        reached = self.reached
        return Covered(self.candidate.invoice.id, reached.step.id, reached.occurrence, reached.day)


def as_planned(
    group: Group,
    candidates: list[Candidate],
    *,
    addressee: Addressee,
    not_before: datetime | None,
    late: Late | None,
    home_day_now: date,
) -> Planned:
    """The reminder that comes first: led by the invoice longest overdue, which words it and chooses the channel."""
    day = min(candidate.day for candidate in candidates)
    travelling = _together([candidate.travel() for candidate in candidates if candidate.day == day], late)
    lead, reached = travelling[0].candidate, travelling[0].reached
    channels = _channels(reached, addressee)
    nominal = lead.diary.moment(day)
    return Planned(
        customer_id=group[0],
        currency=group[1],
        send_on=max(lead.diary.home_day(day), home_day_now),
        due_at=max(nominal, not_before) if not_before else nominal,
        step_id=reached.step.id,
        covered=tuple(one.covered() for one in travelling),
        obstacle=_obstacle(reached, addressee) or _why_held(travelling),
        channels=channels,
        cadence_version=lead.cadence.version,
        reached_on=min(one.reached.opens_on for one in travelling),
    )


def is_endless(stop: Stop | None) -> bool:
    """Whether only a person can end it."""
    return stop is not None and stop.until is None


def stricter(one: Stop | None, other: Stop | None) -> Stop | None:
    """The hold that ends later; one without an end is the strictest."""
    if one is None or other is None:
        return one or other
    if one.until is None or other.until is None:
        return one if one.until is None else other
    return one if one.until >= other.until else other


def _together(candidates: list[Traveller], late: Late | None) -> list[Traveller]:
    """Those who share a message, the longest overdue first. Messages come before tasks for a person."""
    messages = [one for one in candidates if one.reached.step.action is StepAction.MESSAGE]
    ordered = sorted(
        messages or candidates, key=lambda one: (one.candidate.invoice.due_on, one.candidate.invoice.id)
    )
    sharing = [one for one in ordered if _shares(one, late)]
    return sharing if ordered[0] in sharing else ordered[:1]


def _shares(one: Traveller, late: Late | None) -> bool:
    if one.candidate.cadence.grouping is Grouping.CUSTOMER:
        return True
    is_merged = late is not None and late.mode is CatchUpMode.MERGE
    return is_merged and late is not None and one.reached.opens_on < late.until


def _channels(reached: Reached, addressee: Addressee) -> tuple[str, ...]:
    """Those of the step that can be used, or all of them if none can: then the obstacle says why."""
    if reached.step.action is StepAction.TASK:
        return ()
    step = reached.step
    usable = tuple(channel for channel in step.channels if addressee.reaches(channel, step.recipient_role))
    return usable or step.channels


def _obstacle(reached: Reached, addressee: Addressee) -> Reason | None:
    step = reached.step
    return None if step.action is StepAction.TASK else addressee.obstacle(step.channels, step.recipient_role)


def _why_held(travelling: Sequence[Traveller]) -> Reason | None:
    """The reason if holds alone decide the day: no invoice travels that is free of one."""
    stop = travelling[0].candidate.stop
    if stop is None or any(one.candidate.stop is None for one in travelling):
        return None
    return stop.why()
