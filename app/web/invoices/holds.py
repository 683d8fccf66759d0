"""A person's word not to remind of an invoice or a customer, and taking it back. Both ask for a new plan."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.models import Hold, HoldScope
from app.payments.replan import replan

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
    reason = " ".join(reason.split()) or "You asked to leave it alone."
    if len(reason) > LONGEST_REASON:
        errors["reason"] = f"Keep the reason to {LONGEST_REASON} characters; it has {len(reason):,}."
    if until:
        try:
            day = date.fromisoformat(until)
        except ValueError:
            errors["until"] = "Choose a day from the calendar, such as 2026-12-31."
    if day is not None and day < today:
        errors["until"] = "That day has passed. Choose today or a later one, or leave it empty."
    return HoldWish(reason, day, until, errors)


def place_hold(
    session: Session, *, scope: HoldScope, subject_id: UUID, wish: HoldWish, now: datetime
) -> None:
    """Hold a customer or an invoice; an earlier hold on it gives way to this one."""
    _lift(session, subject_id, now)
    session.add(
        Hold(
            tenant_id=tenant_of(session),
            scope=scope,
            subject_id=subject_id,
            reason=wish.reason,
            until=wish.until,
            created_at=now,
        )
    )
    replan(session, now=now)


def hold_on(session: Session, subject_id: UUID, today: date) -> Hold | None:
    """The hold in force on a customer or an invoice."""
    hold = session.scalar(select(Hold).where(Hold.subject_id == subject_id, Hold.lifted_at.is_(None)))
    return hold if hold and (hold.until is None or hold.until >= today) else None


def release(session: Session, *, subject_id: UUID, now: datetime) -> None:
    """Lift the hold on a customer or an invoice, if there is one."""
    _lift(session, subject_id, now)
    replan(session, now=now)


def _lift(session: Session, subject_id: UUID, now: datetime) -> None:
    session.execute(
        update(Hold).where(Hold.subject_id == subject_id, Hold.lifted_at.is_(None)).values(lifted_at=now)
    )
    session.flush()
