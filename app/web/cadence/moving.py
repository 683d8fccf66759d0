"""What saving a changed cadence would move: the plan as it is beside the plan as it would be."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Cadence as CadenceRow
from app.models import Customer
from app.reminders.cadence_drafts import CadenceDraft
from app.reminders.cadence_rows import active_steps
from app.reminders.loading import load_situation, load_undecided
from app.reminders.loading_cadences import as_cadence
from app.reminders.planner import plan
from app.reminders.planning import planning_cadence
from app.reminders.situation import Cadence, Group, Planned, Situation

_MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Move:
    """A reminder that changes its day. None: there was, or will be, none."""

    customer_name: str
    currency: str
    before: date | None
    after: date | None


@dataclass(frozen=True)
class Moves:
    """How many reminders a changed cadence would move, add and drop, and the first of them by day."""

    moved: int
    added: int
    dropped: int
    shown: tuple[Move, ...] = ()

    @property
    def count(self) -> int:
        return self.moved + self.added + self.dropped

    @property
    def any(self) -> bool:
        return self.count > 0


def moves(session: Session, cadence: CadenceRow, draft: CadenceDraft, *, zone: str, now: datetime) -> Moves:
    """What saving this draft would change in the plan. Other words move nothing and cost nothing to try."""
    present = as_cadence(cadence, active_steps(session, cadence.id))
    wanted = draft.as_cadence(cadence.version)
    if present == wanted:
        return Moves(0, 0, 0)
    situation = load_situation(
        session,
        cadence=planning_cadence(session, now),
        stored=load_undecided(session).values(),
        zone=zone,
        now=now,
    )
    return _compared(session, _by_group(situation), _by_group(_with(situation, present, wanted)))


def _with(situation: Situation, present: Cadence, wanted: Cadence) -> Situation:
    """The same with a cadence replaced wherever it is followed."""
    return replace(
        situation,
        cadence=wanted if situation.cadence == present else situation.cadence,
        rules=tuple(
            replace(rule, cadence=wanted) if rule.cadence == present else rule for rule in situation.rules
        ),
    )


def _compared(session: Session, before: dict[Group, Planned], after: dict[Group, Planned]) -> Moves:
    both = before.keys() & after.keys()
    moved = {group for group in both if before[group].due_at != after[group].due_at}
    added, dropped = after.keys() - before.keys(), before.keys() - after.keys()
    days = [(group, _day(before.get(group)), _day(after.get(group))) for group in moved | added | dropped]
    days.sort(key=lambda one: (one[2] or one[1] or date.max, str(one[0])))
    names = _names(session, {group[0] for group, _, _ in days[:_MOST_SHOWN]})
    return Moves(
        len(moved),
        len(added),
        len(dropped),
        tuple(Move(names.get(group[0], ""), group[1], was, will) for group, was, will in days[:_MOST_SHOWN]),
    )


def _by_group(situation: Situation) -> dict[Group, Planned]:
    return {planned.group: planned for planned in plan(situation)}


def _day(planned: Planned | None) -> date | None:
    return planned.send_on if planned else None


def _names(session: Session, customer_ids: set[UUID]) -> dict[UUID, str]:
    rows = session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(customer_ids)))
    return {customer_id: name for customer_id, name in rows}  # noqa: C416 (a Row is not a pair of types)
