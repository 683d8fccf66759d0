"""Plans a tenant's reminders and stores the difference: one unit of work, no vendor asked."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import Connection, ConnectionState, Reminder, ReminderState, Tenant
from app.reminders import reconciling
from app.reminders.cadences import active_steps, create_default_cadence, default_cadence
from app.reminders.freshness import stale_at
from app.reminders.holds_quiet_books import quiet_books
from app.reminders.holds_review import review
from app.reminders.loading import load_situation, load_undecided
from app.reminders.loading_cadences import as_cadence
from app.reminders.mail_servers import can_send_mail
from app.reminders.person_steps import ask_persons
from app.reminders.planner import plan
from app.reminders.reasons import TAKEN_UP_WHEN_DUE
from app.reminders.situation import Cadence
from app.reminders.standing import Organisation, differences, wanted
from app.tasks import kinds
from app.tasks.queue import enqueue

# PostgreSQL knows nothing of a tenant that came after its last statistics and expects one row of it; a nested loop
# over ten thousand then takes minutes, where any other join takes milliseconds.
_ONLY_JOINS_THAT_SCALE = text("SET LOCAL enable_nestloop = off")


def plan_tenant(ground: Ground, tenant_id: UUID) -> int:
    """Plan, store and ask for the next dispatch; the number of reminders written. Nothing new, nothing written."""
    now = ground.clock.now()
    with _without_collecting(), ground.database.tenant(tenant_id) as session:
        session.execute(_ONLY_JOINS_THAT_SCALE)
        organisation = lock_organisation(session, ground.settings, now=now)
        if organisation is None:
            return 0
        review(session, today=local_date(now, organisation.zone), now=now)
        cadence = planning_cadence(session, now)
        stored = load_undecided(session)
        situation = load_situation(
            session, cadence=cadence, stored=stored.values(), zone=organisation.zone, now=now
        )
        present = {row.group: row for row in reversed(stored.values())}
        planned = plan(situation)
        wished = [
            wanted(
                one,
                present.get(one.group),
                organisation=organisation,
                late=situation.late,
                now=now,
            )
            for one in planned
        ]
        written = reconciling.write(session, differences(stored, wished), now=now)
        ask_persons(session, organisation, now=now)
        ask_for_dispatch(session, tenant_id, now=now)
        _look_again(session, tenant_id, at=stale_at(situation, planned), now=now)
        return written


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Many thousand values are built and none is part of a cycle: looking for cycles takes half of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def lock_organisation(session: Session, settings: Settings, *, now: datetime) -> Organisation | None:
    """How the tenant stands. Its row is locked: planning, claiming and confirming take turns."""
    tenant = session.scalar(select(Tenant).with_for_update(key_share=True))
    if tenant is None:
        return None
    states = session.scalars(select(Connection.state)).all()
    return Organisation(
        zone=tenant.time_zone,
        sending=tenant.sending,
        is_connected=ConnectionState.ACTIVE in states,
        has_channel=can_send_mail(session, settings),
        quiet=quiet_books(session, today=local_date(now, tenant.time_zone)),
    )


def planning_cadence(session: Session, now: datetime) -> Cadence:
    """The tenant's cadence as the planner knows it; made now if this is the first planning."""
    cadence = default_cadence(session) or create_default_cadence(session, now)
    return as_cadence(cadence, active_steps(session, cadence.id))


def _look_again(session: Session, tenant_id: UUID, *, at: datetime, now: datetime) -> None:
    """Plan again when time alone may have made this plan wrong. Whatever else changes asks for it by itself."""
    enqueue(session, kind=kinds.PLAN, tenant_id=tenant_id, key=look_again_key(tenant_id), run_at=at, now=now)


def look_again_key(tenant_id: UUID | str) -> str:
    """The key of the task that waits for a plan to become stale."""
    return f"{kinds.PLAN}:later:{tenant_id}"


def ask_for_dispatch(session: Session, tenant_id: UUID, *, now: datetime) -> None:
    """Let the dispatcher come when the next reminder is due, if there is one."""
    due_at = session.scalar(
        select(func.min(Reminder.due_at)).where(
            Reminder.needs_confirmation.is_(False),
            Reminder.channels != [],
            or_(
                Reminder.state == ReminderState.PLANNED,
                (Reminder.state == ReminderState.HELD) & Reminder.reason_code.in_(TAKEN_UP_WHEN_DUE),
            ),
        )
    )
    if due_at is not None:
        enqueue(
            session,
            kind=kinds.DISPATCH,
            tenant_id=tenant_id,
            key=f"{kinds.DISPATCH}:{tenant_id}",
            run_at=due_at,
            now=now,
        )
