"""A replay that somebody asked for on a page: asked, done in the background, told."""

import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.database import tenant_of
from app.kit.errors import NotFound
from app.kit.ground import Ground
from app.models import Replay, ReplayState, Tenant
from app.reminders.cadences import cadence_of
from app.reminders.replay import Prepared, Replayed, prepare
from app.reminders.replay_words import as_json, told
from app.tasks import kinds
from app.tasks.queue import enqueue

_BETWEEN_NEWS_SECONDS = 1.0


def ask(session: Session, *, cadence_id: UUID, against: UUID | None, now: datetime) -> None:
    """Ask for a replay; it takes the place of the one before. Raises NotFound for an unknown cadence."""
    for one in (cadence_id, against):
        if one is not None:
            cadence_of(session, one)
    tenant_id, replay_id = tenant_of(session), uuid4()
    session.execute(delete(Replay))
    session.add(
        Replay(
            tenant_id=tenant_id,
            id=replay_id,
            cadence_id=cadence_id,
            against_id=None if against == cadence_id else against,
            asked_at=now,
        )
    )
    enqueue(
        session,
        kind=kinds.REPLAY,
        tenant_id=tenant_id,
        subject_id=replay_id,
        key=f"{kinds.REPLAY}:{replay_id}",
        run_at=now,
        now=now,
    )


def latest(session: Session) -> Replay | None:
    """The one that was asked for last."""
    return session.scalar(select(Replay).order_by(Replay.asked_at.desc(), Replay.id).limit(1))


def perform(ground: Ground, tenant_id: UUID, replay_id: UUID, *, renew: Callable[[], None]) -> None:
    """Do it and keep what came out. One that another has taken the place of is left."""
    try:
        prepared = _prepared(ground, tenant_id, replay_id)
    except NotFound as gone:
        _finish(ground, tenant_id, replay_id, ReplayState.FAILED, reason=gone.reason)
        return
    if prepared is not None:
        found = prepared.run(_news(ground, tenant_id, replay_id, renew))
        _finish(ground, tenant_id, replay_id, ReplayState.DONE, found=found)


def _prepared(ground: Ground, tenant_id: UUID, replay_id: UUID) -> Prepared | None:
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        row = session.scalar(select(Replay).where(Replay.id == replay_id, Replay.state == ReplayState.ASKED))
        tenant = session.get(Tenant, tenant_id)
        if row is None or tenant is None:
            return None
        today = local_date(now, tenant.time_zone)
        return prepare(session, cadence_id=row.cadence_id, against=row.against_id, today=today, now=now)


def _news(
    ground: Ground, tenant_id: UUID, replay_id: UUID, renew: Callable[[], None]
) -> Callable[[float], None]:
    """Tells the page how far it is, once a second, and the queue that the worker is alive."""
    told_at = time.monotonic()

    def tell(done: float) -> None:
        nonlocal told_at
        if time.monotonic() - told_at > _BETWEEN_NEWS_SECONDS:
            told_at = time.monotonic()
            renew()
            with ground.database.tenant(tenant_id) as session:
                session.execute(update(Replay).where(Replay.id == replay_id).values(percent=int(done * 100)))

    return tell


def _finish(
    ground: Ground,
    tenant_id: UUID,
    replay_id: UUID,
    state: ReplayState,
    *,
    reason: str | None = None,
    found: Replayed | None = None,
) -> None:
    with ground.database.tenant(tenant_id) as session:
        session.execute(
            update(Replay)
            .where(Replay.id == replay_id)
            .values(
                state=state,
                percent=100,
                reason=reason,
                told=as_json(told(found)) if found else None,
                finished_at=ground.clock.now(),
            )
        )
