"""The durable tasks of reminders: plan a tenant, dispatch what is due, and plan everybody once an hour."""

from datetime import datetime, timedelta

from sqlalchemy import Text, exists, func, select
from sqlalchemy.orm import Session

from app.connectors.registry import LEDGERS
from app.kit.errors import Retryable
from app.kit.ground import Ground
from app.models import Route, Task, TaskState
from app.payments.replan import replan
from app.reminders.dispatch import send_batch
from app.reminders.openings import opened
from app.reminders.planning import look_again_key, plan_tenant
from app.reminders.settling import settle
from app.tasks import kinds
from app.tasks.handlers import Assignment, handles
from app.tasks.queue import Wanted, enqueue, enqueue_all
from app.tasks.schedules import periodically

_LOOK_AGAIN = timedelta(seconds=15)


@handles(kinds.PLAN)
def plan_reminders(ground: Ground, task: Assignment) -> None:
    """Bring a tenant's planned reminders up to date."""
    plan_tenant(ground, task.tenant)


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


@periodically("reminders.plan_all", every=timedelta(hours=1))
def plan_all(session: Session, now: datetime) -> None:
    """The net under everything: plan whoever has no plan that is still fresh. Who has one is not even read."""
    has_fresh = exists().where(
        Task.key == func.concat(look_again_key(""), Route.tenant_id.cast(Text)),
        Task.state == TaskState.WAITING,
        Task.run_at > now,
    )
    stale = select(Route.tenant_id).where(Route.kind.in_(LEDGERS), ~has_fresh).distinct()
    wanted = sorted((f"{kinds.PLAN}:{tenant_id}", tenant_id) for tenant_id in session.scalars(stale))
    enqueue_all(
        session,
        [Wanted(key, tenant_id, None) for key, tenant_id in wanted],
        kind=kinds.PLAN,
        run_at=now,
        now=now,
    )
