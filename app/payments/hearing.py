"""What the processor told, by webhook or when asked: stored once as ids, then looked into by a task (law 3)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.ground import Ground
from app.models import InboundEvent, Route
from app.processors.base import ProcessorEvent
from app.processors.registry import STRIPE
from app.tasks import kinds
from app.tasks.handlers import Assignment
from app.tasks.queue import enqueue

_TASKS = {
    "checkout": kinds.SETTLE_CHECKOUT,
    "payment": kinds.SETTLE_PAYMENT,
    "refund": kinds.SETTLE_REFUND,
    "dispute": kinds.SETTLE_CHARGEBACK,
    "payout": kinds.SETTLE_PAYOUT,
    "balance": kinds.READ_MOVEMENTS,
    "account": kinds.REFRESH_ACCOUNT,
}
# What moves the balance, and how long news of it is collected before the balance is read, once for all of it.
_MOVES_MONEY = frozenset({"payment", "refund", "dispute", "payout"})
_COLLECTED_FOR = timedelta(minutes=1)


def hear(
    session: Session,
    event: ProcessorEvent,
    *,
    now: datetime,
    run_at: datetime | None = None,
    is_waited_for: bool = False,
) -> bool:
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
        is_waited_for=is_waited_for,
    )
    return True


def ask(session: Session, *, account: str, kind: str, record: str, because: str, now: datetime) -> bool:
    """A hint of our own: look into `record` now, once for this reason."""
    event = ProcessorEvent(f"{because}:{record}", account, kind, record, now, is_live=True)
    return hear(session, event, now=now)


def ask_for_balance(session: Session, account: str, *, now: datetime) -> bool:
    """Read the balance's movements now, before all else: somebody sits before the page."""
    event = ProcessorEvent(
        f"asked:{now.isoformat()}:{account}", account, "balance", account, now, is_live=True
    )
    return hear(session, event, now=now, is_waited_for=True)


def balance_key(account: str) -> str:
    """The key of the task that reads an account's movements."""
    return f"{kinds.READ_MOVEMENTS}:{account}:{account}"


@contextmanager
def looking_behind(ground: Ground, task: Assignment) -> Iterator[InboundEvent | None]:
    """The stored hint of a task; None once it has been tidied away.

    When the block ends well, whatever was heard about the record before it began is answered; and if it was something
    that moves money, the balance's movements are read soon.
    """
    looked_at = ground.clock.now()
    with ground.database.platform() as session:
        event = session.get(InboundEvent, task.subject)
    yield event
    if event is not None:
        with ground.database.platform() as session:
            now = ground.clock.now()
            _mark_handled(session, event, looked_at=looked_at, now=now)
            if event.kind in _MOVES_MONEY:
                _ask_for_balance_soon(session, event.outside_org, now=now)


def _ask_for_balance_soon(session: Session, account: str, *, now: datetime) -> None:
    """Once for all that moves until the minute is over."""
    event = ProcessorEvent(
        f"moved:{now.isoformat()}:{account}", account, "balance", account, now, is_live=True
    )
    hear(session, event, now=now, run_at=now.replace(second=0, microsecond=0) + _COLLECTED_FOR)


def _mark_handled(session: Session, event: InboundEvent, *, looked_at: datetime, now: datetime) -> None:
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
