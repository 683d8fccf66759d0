"""What the processor told, by webhook or when asked: stored once as ids, then looked into by a task (law 3)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.models import InboundEvent, Route
from app.processors.base import ProcessorEvent
from app.processors.registry import STRIPE
from app.tasks import kinds
from app.tasks.queue import enqueue

_TASKS = {
    "checkout": kinds.SETTLE_CHECKOUT,
    "payment": kinds.SETTLE_PAYMENT,
    "account": kinds.REFRESH_ACCOUNT,
}


def hear(session: Session, event: ProcessorEvent, *, now: datetime, run_at: datetime | None = None) -> bool:
    """Store a hint and enqueue the look behind it. False if it was heard before or is not for us.

    All hints about one record share one task, so that a storm of them becomes one look, or two.
    """
    kind = _TASKS.get(event.kind)
    route = session.get(Route, (STRIPE, event.account)) if kind else None
    if kind is None or route is None:
        return False
    event_id = session.scalar(
        insert(InboundEvent)
        .values(
            id=uuid4(),
            source=STRIPE,
            external_key=event.external_id,
            kind=event.kind,
            outside_org=event.account,
            subject=event.record,
            received_at=now,
        )
        .on_conflict_do_nothing()
        .returning(InboundEvent.id)
    )
    if event_id is None:
        return False
    enqueue(
        session,
        kind=kind,
        tenant_id=route.tenant_id,
        subject_id=event_id,
        key=f"{kind}:{event.account}:{event.record}",
        run_at=run_at or now,
        now=now,
    )
    return True


def ask(session: Session, *, account: str, kind: str, record: str, because: str, now: datetime) -> bool:
    """A hint of our own: look into `record` now, once for this reason."""
    event = ProcessorEvent(f"{because}:{record}", account, kind, record, now, is_live=True)
    return hear(session, event, now=now)


def heard(session: Session, event_id: UUID) -> InboundEvent | None:
    """The stored hint of a task; None once it has been tidied away."""
    return session.get(InboundEvent, event_id)


def mark_handled(session: Session, event: InboundEvent, *, looked_at: datetime, now: datetime) -> None:
    """Everything heard about the record before we looked is answered by that look."""
    session.execute(
        text(
            "UPDATE inbound_event SET handled_at = :now WHERE source = :source AND kind = :kind "
            "AND outside_org = :account AND subject = :record AND handled_at IS NULL AND received_at <= :looked"
        ),
        {
            "now": now,
            "source": event.source,
            "kind": event.kind,
            "account": event.outside_org,
            "record": event.subject,
            "looked": looked_at,
        },
    )
