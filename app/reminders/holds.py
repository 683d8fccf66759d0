"""What holds, for the planner and for the gate; and placing and lifting what is kept as a row."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import Rejected
from app.models import Hold, HoldKind, HoldScope, HoldSource
from app.payments.replan import replan
from app.reminders.holds_of_money import stops_of_money
from app.reminders.holds_of_tags import stops_of_tags
from app.reminders.holds_other_sender import stops_of_ledger_mails
from app.reminders.situation import Stop

Key = tuple[HoldScope, UUID]
LONGEST = timedelta(days=3653)
"""How far ahead a hold may end; without an end it may last for ever."""


@dataclass(frozen=True, slots=True)
class NewHold:
    """What is to be held, why, until when, and who says so."""

    scope: HoldScope
    subject_id: UUID
    kind: HoldKind
    reason: str
    until: date | None = None
    source: HoldSource = HoldSource.OWNER
    placed_by: UUID | None = None


def load_stops(session: Session, today: date) -> dict[Key, Stop]:
    """Whatever holds a customer or an invoice today, by what it covers; of several the one that ends last.

    Rows that people, payers and channels placed, and what follows from tags, balances, money on its way, and mails
    of the ledger itself.
    """
    found: dict[Key, Stop] = {}
    worked_out = (stops_of_tags(session), stops_of_money(session), stops_of_ledger_mails(session, today))
    for key, stop in chain(_rows(session, today), *worked_out):
        found[key] = stricter(found[key], stop) if key in found else stop
    return found


def stricter(one: Stop, other: Stop) -> Stop:
    """The one that ends later; one without an end is the strictest."""
    if one.until is None or other.until is None:
        return one if one.until is None else other
    return one if one.until >= other.until else other


def either(one: Stop | None, other: Stop | None) -> Stop | None:
    """The stricter of two that may be missing."""
    return stricter(one, other) if one and other else one or other


def holds_in_force(session: Session, subject_ids: Collection[UUID], today: date) -> list[Hold]:
    """The rows that hold these customers and invoices today, the oldest first."""
    rows = session.scalars(
        select(Hold)
        .where(Hold.subject_id.in_(subject_ids), *_in_force(today))
        .order_by(Hold.created_at, Hold.id)
    )
    return list(rows)


def place(session: Session, hold: NewHold, *, now: datetime) -> UUID:
    """Hold it, and plan again. An earlier hold of the same kind gives way to this one.

    Raises Rejected for an end so far away that it is a slip, or was meant as none.
    """
    if hold.until is not None and hold.until > now.date() + LONGEST:
        raise Rejected(
            "That day is more than ten years away. Choose an earlier one, or leave it empty for no end."
        )
    lift(session, [hold.subject_id], kinds=[hold.kind], now=now)
    hold_id = uuid4()
    session.add(
        Hold(
            tenant_id=tenant_of(session),
            id=hold_id,
            scope=hold.scope,
            subject_id=hold.subject_id,
            kind=hold.kind,
            source=hold.source,
            placed_by=hold.placed_by,
            reason=hold.reason,
            until=hold.until,
            created_at=now,
        )
    )
    session.flush()
    replan(session, now=now)
    return hold_id


def lift(
    session: Session, subject_ids: Collection[UUID], *, kinds: Collection[HoldKind], now: datetime
) -> int:
    """End these kinds of holds on these customers and invoices, and plan again; how many there were."""
    lifted = session.execute(
        update(Hold)
        .where(Hold.subject_id.in_(subject_ids), Hold.kind.in_(kinds), Hold.lifted_at.is_(None))
        .values(lifted_at=now)
        .returning(Hold.id)
    ).all()
    session.flush()
    if lifted:
        replan(session, now=now)
    return len(lifted)


def _rows(session: Session, today: date) -> Iterator[tuple[Key, Stop]]:
    rows = session.execute(
        select(Hold.scope, Hold.subject_id, Hold.reason, Hold.until, Hold.kind).where(*_in_force(today))
    )
    for scope, subject_id, reason, until, kind in rows:
        yield (scope, subject_id), Stop(reason, until, kind)


def _in_force(today: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """One that ends today still covers today."""
    return Hold.lifted_at.is_(None), or_(Hold.until.is_(None), Hold.until >= today)
