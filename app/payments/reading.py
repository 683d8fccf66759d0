"""How well we know the processor's movements: when they were read, whether they are being read, and asking for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Task, TaskState
from app.payments.accounts import card_account
from app.payments.hearing import ask_for_balance, balance_key

# Whoever looks again within this time sees what was read before; a button reads at once.
_FRESH_FOR = timedelta(minutes=2)
_AT_ONCE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Reading:
    """The last read of the movements, and the next."""

    read_at: datetime | None
    """None before the first."""
    is_under_way: bool
    is_asked_for: bool = False
    """Something has moved since: a read is to come."""
    reason: str | None = None
    """Why the last try failed; None once one has succeeded."""
    again_at: datetime | None = None
    """When it is tried again by itself."""


def read_if_stale(session: Session, *, now: datetime) -> Reading | None:
    """Somebody looks at what was read: ask for a read if it may be old. None without a card account."""
    found = reading(session, now=now)
    if found is None or found.is_under_way or found.reason:
        return found
    if _is_fresh(found, now) and not found.is_asked_for:
        return found
    return read_now(session, now=now)


def read_now(session: Session, *, now: datetime) -> Reading | None:
    """Ask for a read, before all else that is to be done. None without a card account."""
    account = card_account(session)
    if account is None or account.external_id is None:
        return None
    is_heard = ask_for_balance(session, account.external_id, now=now)
    return Reading(account.movements_since, is_under_way=is_heard)


def reading(session: Session, *, now: datetime) -> Reading | None:
    """How it stands. None without a card account."""
    account = card_account(session)
    if account is None or account.external_id is None:
        return None
    task = session.scalars(select(Task).where(Task.key == balance_key(account.external_id))).one_or_none()
    if task is None:
        return Reading(account.movements_since, is_under_way=False)
    is_due = task.state is TaskState.WAITING and task.run_at <= now + _AT_ONCE
    return Reading(
        account.movements_since,
        is_under_way=is_due or task.state is TaskState.LEASED,
        is_asked_for=task.state is TaskState.WAITING,
        reason=task.reason,
        again_at=task.run_at if task.state is TaskState.WAITING and task.reason else None,
    )


def _is_fresh(found: Reading, now: datetime) -> bool:
    return found.read_at is not None and found.read_at > now - _FRESH_FOR
