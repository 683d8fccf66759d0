"""Once a day: which of our entries has somebody deleted or changed in the ledger? A person is asked about each.

Nothing is booked again by itself. Payments are watched in the mirror, with no call at all (`undone.py`); for the rest
the ledger tells in two calls what was touched since the last look. An entry is watched for 400 days: as long as its
financial year may be open, and some weeks.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connectors.base import EntryKind, EntryNow, FeeStyle, MadeEntry
from app.connectors.pace import Urgency
from app.connectors.registry import open_ledger
from app.kit.ground import Ground
from app.models import Connection, ConnectionState, ProcessorAccount, WriteBack, WriteBackKind, WriteBackState
from app.payments.entry_kinds import ENTERED_AS
from app.payments.touched_words import changed_words, deleted_words
from app.tasks import kinds
from app.tasks.handlers import Assignment, handles
from app.tasks.queue import enqueue

_EVERY, _WATCHED_FOR = timedelta(days=1), timedelta(days=400)
# Two clocks differ, and a ledger may tell of a change a little late: what is told twice is asked about once.
_OVERLAP = timedelta(minutes=15)
_ELSEWHERE = (WriteBackKind.PAYMENT, WriteBackKind.NOTE, WriteBackKind.LATE_FEE)


def ask_to_watch(session: Session, account: ProcessorAccount, *, now: datetime) -> None:
    """Have our entries looked after, if the last look was a day ago and the ledger can be asked."""
    if account.entries_since is not None and now - account.entries_since < _EVERY:
        return
    if session.scalars(select(Connection).where(Connection.state == ConnectionState.ACTIVE)).first() is None:
        return
    enqueue(
        session,
        kind=kinds.WATCH_ENTRIES,
        tenant_id=account.tenant_id,
        subject_id=account.id,
        key=f"{kinds.WATCH_ENTRIES}:{account.id}",
        run_at=now,
        now=now,
    )


@handles(kinds.WATCH_ENTRIES)
def watch(ground: Ground, task: Assignment) -> None:
    """Ask the ledger what became of our entries since the last look, and the bookkeeper about what was touched."""
    began = ground.clock.now()
    with ground.database.tenant(task.tenant) as session:
        account = session.get(ProcessorAccount, (task.tenant, task.subject))
        if account is None:
            return
        rows = _watched(session, began)
        since = account.entries_since or min((row.done_at for row in rows if row.done_at), default=began)
        made = {_made(row): row.id for row in rows if row.external_id}
    touched: Mapping[MadeEntry, EntryNow | None] = {}
    if made:
        ledger = open_ledger(ground, task.tenant, urgency=Urgency.BACKGROUND)
        touched = ledger.amended(tuple(made), since=since - _OVERLAP)
    with ground.database.tenant(task.tenant) as session:
        for entry, standing in touched.items():
            _notice(session, task.tenant, made[entry], entry, standing)
        session.get_one(ProcessorAccount, (task.tenant, task.subject)).entries_since = began


def _watched(session: Session, now: datetime) -> list[WriteBack]:
    return list(
        session.scalars(
            select(WriteBack).where(
                WriteBack.state == WriteBackState.DONE,
                WriteBack.external_id.is_not(None),
                WriteBack.kind.not_in(_ELSEWHERE),
                WriteBack.done_at > now - _WATCHED_FOR,
            )
        )
    )


def _made(row: WriteBack) -> MadeEntry:
    kind = ENTERED_AS[row.kind]
    if row.kind is WriteBackKind.FEE and row.fee_style == FeeStyle.DEPOSIT:
        kind = EntryKind.DEPOSIT
    return MadeEntry(kind, row.external_id or "", row.booked_on)


def _notice(
    session: Session, tenant_id: UUID, row_id: UUID, entry: MadeEntry, standing: EntryNow | None
) -> None:
    """Ask about an entry, unless it is another one by now or stands as we made it."""
    row = session.get_one(WriteBack, (tenant_id, row_id), with_for_update=True, populate_existing=True)
    if row.state is not WriteBackState.DONE or row.external_id != entry.external_id:
        return
    reason = deleted_words(row) if standing is None else changed_words(row, standing)
    if reason is not None:
        row.state, row.reason = WriteBackState.PARKED, reason
