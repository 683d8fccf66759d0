"""A person's word not to remind of an invoice or a customer, and taking it back. Both ask for a new plan."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.errors import NotFound
from app.models import Hold, HoldKind, HoldScope
from app.payments.replan import replan
from app.reminders.holds import NewHold, holds_in_force, lift, place

LONGEST_REASON = 500


@dataclass(frozen=True)
class HoldWish:
    """What was typed, and what is wrong with it, by field."""

    reason: str
    until: date | None
    typed_until: str
    errors: dict[str, str]


NO_WISH = HoldWish("", None, "", {})


def read_wish(reason: str, until: str, *, today: date) -> HoldWish:
    """Understand the form. An empty reason is allowed and named as the owner's own wish."""
    errors, day = {}, None
    reason = " ".join(reason.split())
    if len(reason) > LONGEST_REASON:
        errors["reason"] = f"Keep the reason to {LONGEST_REASON} characters; it has {len(reason):,}."
    if until:
        try:
            day = date.fromisoformat(until)
        except ValueError:
            errors["until"] = "Choose a day from the calendar, such as 2026-12-31."
    if day is not None and day < today:
        errors["until"] = "That day has passed. Choose today or a later one, or leave it empty."
    said = reason or ("" if errors else "You asked to leave it alone.")
    return HoldWish(said, day, until, errors)


def place_hold(
    session: Session,
    *,
    scope: HoldScope,
    subject_id: UUID,
    wish: HoldWish,
    now: datetime,
    by: UUID | None = None,
) -> None:
    """Hold a customer or an invoice; an earlier hold of the owner's on it gives way to this one."""
    place(
        session,
        NewHold(scope, subject_id, HoldKind.MANUAL, wish.reason, until=wish.until, placed_by=by),
        now=now,
    )


def hold_on(session: Session, subject_id: UUID, today: date) -> Hold | None:
    """The hold in force that the owner placed on a customer or an invoice."""
    found = holds_in_force(session, [subject_id], today)
    return next((hold for hold in found if hold.kind is HoldKind.MANUAL), None)


def release(session: Session, *, subject_id: UUID, now: datetime) -> None:
    """Lift the owner's hold on a customer or an invoice, if there is one."""
    lift(session, [subject_id], kinds=[HoldKind.MANUAL], now=now)
    replan(session, now=now)


def lift_one(session: Session, hold_id: UUID, *, now: datetime) -> Hold:
    """Undo one hold, whoever placed it. Raises NotFound if it is not there or has ended."""
    hold = session.scalar(select(Hold).where(Hold.id == hold_id, Hold.lifted_at.is_(None)).with_for_update())
    if hold is None:
        raise NotFound("That hold has ended already.")
    hold.lifted_at = now
    replan(session, now=now)
    return hold
