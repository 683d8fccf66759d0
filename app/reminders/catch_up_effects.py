"""What each choice about late reminders would send: for the page on which the owner chooses."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import CadenceStep, CatchUpMode, Reminder, Tenant
from app.reminders.loading import load_situation, load_undecided
from app.reminders.planner import plan
from app.reminders.planning import planning_cadence
from app.reminders.preview import preview
from app.reminders.situation import Group, Late, Planned, Situation

DAYS = 7


@dataclass(frozen=True)
class Next:
    """The next reminder of a customer and currency under a choice."""

    on: date
    offset_days: int
    """Of the step that words it, from the due date."""


@dataclass(frozen=True)
class Effect:
    """What a choice brings."""

    mode: CatchUpMode
    messages: int
    """Within the next seven days, to the customers of the list."""
    customers: int
    first_on: date | None
    nexts: Mapping[UUID, Next]
    """By the late reminder."""


def effects(
    session: Session,
    late: set[UUID],
    *,
    unconfirmed: Collection[UUID] = (),
    today: date,
    now: datetime,
) -> list[Effect]:
    """For `late`, the reminders of the list, what each choice would do if it were made now.

    Those `unconfirmed` wait for the owner's word on another list afterwards: their messages are not counted.
    """
    groups = _groups(session, late)
    leaving = {group for reminder_id, group in groups.items() if reminder_id not in unconfirmed}
    situation = _situation(session, now, {customer_id for customer_id, _ in groups.values()})
    rows = session.execute(select(CadenceStep.id, CadenceStep.offset_days))
    offsets = {step_id: offset for step_id, offset in rows}  # noqa: C416 (a Row is not a pair of types)
    return [_effect(situation, mode, groups, leaving, offsets, today) for mode in CatchUpMode]


def _effect(
    situation: Situation,
    mode: CatchUpMode,
    groups: Mapping[UUID, Group],
    leaving: Collection[Group],
    offsets: Mapping[UUID, int],
    today: date,
) -> Effect:
    chosen = replace(situation, late=Late(mode, today))
    wanted = set(groups.values())
    first = {one.group: one for one in plan(chosen) if one.group in wanted and _leaves(one)}
    coming = [one for one in preview(chosen, days=DAYS) if one.group in leaving and one.channels]
    return Effect(
        mode=mode,
        messages=len(coming),
        customers=len({one.customer_id for one in coming}),
        first_on=min((one.send_on for one in coming), default=None),
        nexts={
            reminder_id: Next(first[group].send_on, offsets[first[group].step_id])
            for reminder_id, group in groups.items()
            if group in first
        },
    )


def _leaves(one: Planned) -> bool:
    return one.obstacle is None or one.obstacle.code == "held_until"


def _groups(session: Session, late: set[UUID]) -> dict[UUID, Group]:
    rows = session.execute(
        select(Reminder.id, Reminder.customer_id, Reminder.currency).where(Reminder.id.in_(late))
    )
    return {reminder_id: (customer_id, currency) for reminder_id, customer_id, currency in rows}


def _situation(session: Session, now: datetime, customers: set[UUID]) -> Situation:
    tenant = session.scalars(select(Tenant)).one()
    found = load_situation(
        session,
        cadence=planning_cadence(session, now),
        stored=load_undecided(session).values(),
        zone=tenant.time_zone,
        now=now,
    )
    return replace(found, invoices=[one for one in found.invoices if one.customer_id in customers])
