"""Waits until the product and its vendors have nothing more to do at the present time of the clock."""

import time
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.demo.vendors import Vendors
from app.kit.errors import DueMateError
from app.kit.ground import Ground
from app.models import Membership, Reminder, ReminderState

_PAUSE_SECONDS = 0.1
_QUIET_LOOKS = 3
_SOON = timedelta(seconds=2)
# Something that failed and tries again shortly is not at rest.
_RETRIED = timedelta(minutes=3)
_LOOKED_AT_AGAIN = timedelta(minutes=6)
# Why a reminder waits for minutes only, with its time in `due_at`.
_PASSING = ("stale_mirror", "stale_facts", "ledger_unreachable", "try_again")


class NeverIdle(DueMateError):
    """Something is still going on after all the time it was given."""


def wait_idle(ground: Ground, vendors: Vendors, *, within_seconds: float = 420) -> None:
    """Return when for several looks in a row no task is due or running and no webhook is on its way.

    By default that may take as long as the leases of a few workers that are killed one after the other. What
    only waits to try again (a vendor that asked for a minute's patience) is helped along by moving the clock.
    """
    give_up_at = time.monotonic() + within_seconds
    quiet = 0
    while quiet < _QUIET_LOOKS:
        busy = _busy_with(ground, vendors)
        quiet = 0 if busy else quiet + 1
        if time.monotonic() > give_up_at:
            raise NeverIdle(f"Still busy after {within_seconds:.0f} s: {busy or 'settling'}.")
        if not busy and (again_at := _next_retry(ground)) is not None:
            vendors.clock_to(max(again_at, vendors.now()))
            quiet = 0
        time.sleep(_PAUSE_SECONDS)


def _busy_with(ground: Ground, vendors: Vendors) -> str:
    try:
        kinds = _due_or_running(ground)
    except DBAPIError:
        return "the database starting again"
    pending = vendors.webhooks_under_way()
    return ", ".join([*kinds, *([f"{pending} webhooks"] if pending else [])])


def _due_or_running(ground: Ground) -> list[str]:
    with ground.database.platform() as session:
        kinds = session.scalars(
            text(
                "SELECT DISTINCT kind || ' ' || state FROM task "
                "WHERE state = 'leased' OR (state = 'waiting' AND run_at <= :soon)"
            ),
            {"soon": ground.clock.now() + _SOON},
        )
        return list(kinds)


def _next_retry(ground: Ground) -> datetime | None:
    """When the first task or reminder that could not be done tries again, if that is soon."""
    try:
        with ground.database.platform() as session:
            tenants = session.scalars(select(Membership.tenant_id).distinct()).all()
            task: datetime | None = session.scalar(
                text(
                    "SELECT min(run_at) FROM task "
                    "WHERE state = 'waiting' AND reason IS NOT NULL AND run_at <= :retried"
                ),
                {"retried": ground.clock.now() + _RETRIED},
            )
        times = [task, *(_next_reminder(ground, tenant_id) for tenant_id in tenants)]
    except DBAPIError:
        return None
    return min((time for time in times if time is not None), default=None)


def _next_reminder(ground: Ground, tenant_id: UUID) -> datetime | None:
    """After a jump of days the gate may ask before the sweep has read the ledger: it looks again in minutes."""
    now = ground.clock.now()
    query = select(func.min(Reminder.due_at)).where(
        Reminder.state == ReminderState.HELD,
        Reminder.reason_code.in_(_PASSING),
        Reminder.due_at > now,
        Reminder.due_at <= now + _LOOKED_AT_AGAIN,
    )
    with ground.database.tenant(tenant_id) as session:
        return session.scalar(query)
