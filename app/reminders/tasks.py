"""The durable tasks of reminders: plan a tenant, dispatch what is due, and plan everybody once an hour."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connectors.registry import LEDGERS
from app.kit.errors import Retryable
from app.kit.ground import Ground
from app.models import Task
from app.payments.replan import replan
from app.reminders.dispatch import send_batch
from app.reminders.openings import opened
from app.reminders.planning import plan_if_stale
from app.reminders.planning_marks import stale_tenants
from app.reminders.settling import settle
from app.tasks import kinds
from app.tasks.handlers import Assignment, handles
from app.tasks.queue import Wanted, enqueue, enqueue_all
from app.tasks.schedules import periodically

_LOOK_AGAIN = timedelta(seconds=15)


@handles(kinds.PLAN)
def plan_reminders(ground: Ground, task: Assignment) -> None:
    """Bring a tenant's planned reminders up to date, if anything has changed."""
    plan_if_stale(ground, task.tenant)


@handles(kinds.DISPATCH)
def dispatch(ground: Ground, task: Assignment) -> None:
    """Settle what was left open, send a batch, then make room for other tenants or plan what comes next."""
    is_open, has_more = False, False
    with opened(ground, task.tenant) as channels:
        if channels.ready:
            is_open = settle(ground, task.tenant, channels)
            has_more = send_batch(ground, task.tenant, channels, renew=task.renew)
            is_open = is_open or settle(ground, task.tenant, channels)
    now = ground.clock.now()
    with ground.database.tenant(task.tenant) as session:
        if has_more:
            key = f"{kinds.DISPATCH}:{task.tenant}"
            enqueue(session, kind=kinds.DISPATCH, tenant_id=task.tenant, key=key, run_at=now, now=now)
        else:
            replan(session, now=now)
    if is_open and not has_more:
        raise Retryable("The outcome of a message is being looked up.", after=_LOOK_AGAIN)


@periodically("reminders.plan_stale", every=timedelta(minutes=1))
def plan_stale(session: Session, now: datetime) -> None:
    """Plan whoever's plan may be wrong by now and has nobody at it. Who has a fresh one is not even read."""
    _ask_for(session, _stale(session, now) - _at_work(session), now=now)


@periodically("reminders.plan_all", every=timedelta(hours=1))
def plan_all(session: Session, now: datetime) -> None:
    """The net under it: planning that was given up is tried once more."""
    _ask_for(session, _stale(session, now), now=now)


def _stale(session: Session, now: datetime) -> set[str]:
    return {f"{kinds.PLAN}:{tenant_id}" for tenant_id in stale_tenants(session, list(LEDGERS), now=now)}


def _at_work(session: Session) -> set[str]:
    """Keys of the plannings that wait, run, or were given up."""
    return {key for key in session.scalars(select(Task.key).where(Task.kind == kinds.PLAN)) if key}


def _ask_for(session: Session, keys: set[str], *, now: datetime) -> None:
    wanted = [Wanted(key, UUID(key.removeprefix(f"{kinds.PLAN}:")), None) for key in sorted(keys)]
    enqueue_all(session, wanted, kind=kinds.PLAN, run_at=now, now=now)
