"""The durable tasks of syncing: one pull, and a sweep that asks for a pull of every connection."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from app.connectors.registry import LEDGERS
from app.kit.ground import Ground
from app.models import Connection, InboundEvent, Route
from app.sync.asking import ask_for_pull
from app.sync.due import Thoroughness
from app.sync.pull import pull
from app.tasks import kinds
from app.tasks.handlers import Assignment, handles
from app.tasks.queue import enqueue
from app.tasks.schedules import periodically

_EVERY = timedelta(minutes=15)
# A sweep of many tenants is spread out: the ledger's limit for the whole app is a matter of minutes.
_AT_ONCE = 50
_PAUSE = timedelta(seconds=3)


@handles(kinds.SYNC_PULL)
def pull_changes(ground: Ground, task: Assignment) -> None:
    """Bring a tenant's mirror up to date. Its connection is the task's subject."""
    began_at = ground.clock.now()
    with ground.database.tenant(task.tenant) as session:
        connection = session.get_one(Connection, (task.tenant, task.subject))
        is_hinted = session.scalar(select(_hints(connection, began_at).exists()))
    thoroughness = Thoroughness.HINTED if is_hinted else Thoroughness.SWEEP
    pull(ground, task.tenant, task.subject, renew=task.renew, thoroughness=thoroughness)
    with ground.database.tenant(task.tenant) as session:
        _mark_handled(session, connection, began_at, ground.clock.now())


@handles(kinds.SYNC_SWEEP)
def sweep(ground: Ground, _task: Assignment) -> None:
    """Ask for a pull of every connection: what no webhook told is found here."""
    now = ground.clock.now()
    with ground.database.platform() as session:
        routes = session.scalars(
            select(Route).where(Route.kind.in_(LEDGERS)).order_by(Route.kind, Route.outside_key)
        ).all()
        for place, route in enumerate(routes):
            run_at = now + _PAUSE * (place // _AT_ONCE)
            ask_for_pull(session, route.tenant_id, route.subject_id, run_at=run_at, now=now)


@periodically(kinds.SYNC_SWEEP, every=_EVERY)
def sweep_regularly(session: Session, now: datetime) -> None:
    """Start a sweep four times an hour."""
    enqueue(session, kind=kinds.SYNC_SWEEP, key=kinds.SYNC_SWEEP, run_at=now, now=now)


def _hints(connection: Connection, until: datetime) -> Select[UUID]:
    """The events about a connection's organisation that no pull has followed yet."""
    return select(InboundEvent.id).where(
        InboundEvent.source == connection.ledger,
        InboundEvent.outside_org == connection.external_org_id,
        InboundEvent.handled_at.is_(None),
        InboundEvent.received_at <= until,
    )


def _mark_handled(session: Session, connection: Connection, began_at: datetime, now: datetime) -> None:
    """The hints that came before the pull began have been followed."""
    followed = InboundEvent.id.in_(_hints(connection, began_at))
    session.execute(update(InboundEvent).where(followed).values(handled_at=now))
