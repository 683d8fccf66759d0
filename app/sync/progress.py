"""One pull from beginning to end as its `SyncRun` row tells it, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from app.connectors.base import Page, Resource
from app.kit.ground import Ground
from app.models import Connection, SyncCursor, SyncRun, SyncState
from app.sync.comparison import MirrorLine

_WHOLE_EVERY = timedelta(days=1)
_DIFFERENCE_EVERY = timedelta(hours=1)
_KEPT = timedelta(days=35)
_CLOCKS_DIFFER = timedelta(hours=1)
_SENTENCES_KEPT = 5
_INTERRUPTED = "This read was interrupted. Another one took over."


@dataclass(frozen=True)
class Run:
    """A pull that has begun."""

    id: UUID
    tenant_id: UUID
    connection_id: UUID
    started_at: datetime
    is_first: bool
    """The first complete one since (re)connecting."""
    is_whole: bool
    """Reads every row again, whatever the ledger calls changed."""
    cursors: dict[str, datetime]

    def since(self, resource: Resource) -> datetime | None:
        """Where to begin. A first pull that was cut short goes on where it stopped; a daily whole one does not."""
        return None if self.is_whole else self.cursors.get(resource)


@dataclass
class Findings:
    """What a pull has found out by its end."""

    changed: int = 0
    repaired: int = 0
    left_out: list[str] = field(default_factory=list)
    lines: list[MirrorLine] = field(default_factory=list)
    """The comparison of what was read whole."""
    is_whole: bool = True
    """Every row of every resource was read."""

    @property
    def differences(self) -> list[MirrorLine]:
        return [line for line in self.lines if not line.is_equal]

    @property
    def is_equal(self) -> bool | None:
        """None if nothing was read whole, so that nothing could be compared."""
        return not self.differences if self.lines or self.is_whole else None


def begin(ground: Ground, tenant_id: UUID, connection_id: UUID) -> Run:
    """Write down that a pull begins. One that was still running has lost its worker; old ones are forgotten."""
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        connection = session.get_one(Connection, (tenant_id, connection_id))
        session.execute(
            update(SyncRun)
            .where(SyncRun.connection_id == connection_id, SyncRun.state == SyncState.RUNNING)
            .values(state=SyncState.FAILED, finished_at=now, reason=_INTERRUPTED)
        )
        forget = delete(SyncRun).where(
            SyncRun.connection_id == connection_id, SyncRun.started_at < now - _KEPT
        )
        session.execute(forget)
        whole_at = connection.read_whole_at
        # A cursor from the future would hide every change until then. Without it everything is read again.
        nonsense = SyncCursor.changed_since > now + _CLOCKS_DIFFER
        session.execute(delete(SyncCursor).where(SyncCursor.connection_id == connection_id, nonsense))
        cursors = session.scalars(select(SyncCursor).where(SyncCursor.connection_id == connection_id))
        run = Run(
            id=uuid4(),
            tenant_id=tenant_id,
            connection_id=connection_id,
            started_at=now,
            is_first=whole_at is None,
            is_whole=whole_at is not None
            and (now - whole_at >= _WHOLE_EVERY or _differed(session, connection_id, now)),
            cursors={cursor.resource: cursor.changed_since for cursor in cursors},
        )
        session.add(
            SyncRun(
                tenant_id=tenant_id,
                id=run.id,
                connection_id=connection_id,
                is_first=run.is_first,
                is_whole=run.is_whole,
                started_at=now,
            )
        )
    return run


def _differed(session: Session, connection_id: UUID, now: datetime) -> bool:
    """The last comparison ended with a difference. One that stays is looked into once an hour, not all the time."""
    latest = session.execute(
        select(SyncRun.is_equal, SyncRun.started_at)
        .where(SyncRun.connection_id == connection_id, SyncRun.is_equal.is_not(None))
        .order_by(SyncRun.started_at.desc())
        .limit(2)
    ).all()
    if not latest or latest[0].is_equal:
        return False
    is_lasting = len(latest) == 2 and not latest[1].is_equal
    return not is_lasting or now - latest[0].started_at >= _DIFFERENCE_EVERY


def turn_to(session: Session, run: Run, resource: Resource) -> int:
    """Say what is read now; the rows read before it."""
    row = session.get_one(SyncRun, (run.tenant_id, run.id))
    row.resource = resource.value
    return row.rows_read


# As texts: with every page, putting them together would cost more than the database's work.
_COUNT = text("""
    UPDATE sync_run SET rows_read = rows_read + :read, rows_changed = rows_changed + :changed,
      rows_expected = CASE WHEN CAST(:expected AS integer) IS NULL THEN rows_expected
                      ELSE greatest(:expected, rows_read + :read) END
    WHERE tenant_id = :tenant_id AND id = :id""")
# Forward only: a whole pull begins far behind where earlier ones have come.
_MOVE = text("""
    INSERT INTO sync_cursor AS cursor (tenant_id, id, connection_id, resource, changed_since)
    VALUES (:tenant_id, gen_random_uuid(), :connection_id, :resource, :until)
    ON CONFLICT (tenant_id, connection_id, resource)
    DO UPDATE SET changed_since = greatest(cursor.changed_since, excluded.changed_since)""")


def record_page(session: Session, run: Run, page: Page, *, before: int, changed: int) -> None:
    """Count a page that was written in this unit of work. `before`: rows of other resources."""
    counted = {
        "tenant_id": run.tenant_id,
        "id": run.id,
        "read": page.row_count,
        "changed": changed,
        "expected": None if page.expected is None else before + page.expected,
    }
    session.execute(_COUNT, counted)


def finish(session: Session, run: Run, found: Findings, *, now: datetime) -> None:
    """The pull is complete: the mirror holds everything up to when it began."""
    row = session.get_one(SyncRun, (run.tenant_id, run.id))
    row.state, row.finished_at, row.resource = SyncState.DONE, now, None
    row.reason = told(found)
    row.rows_expected = row.rows_read
    row.is_whole, row.rows_repaired, row.is_equal = found.is_whole, found.repaired, found.is_equal
    connection = session.get_one(Connection, (run.tenant_id, run.connection_id))
    connection.read_at = run.started_at
    if run.is_first or run.is_whole:
        connection.read_whole_at = run.started_at


def fail(ground: Ground, run: Run, reason: str) -> None:
    """The pull stopped. What it wrote stays, and the next one goes on from there."""
    with ground.database.tenant(run.tenant_id) as session:
        session.execute(
            update(SyncRun)
            .where(SyncRun.id == run.id, SyncRun.state == SyncState.RUNNING)
            .values(state=SyncState.FAILED, finished_at=ground.clock.now(), reason=reason)
        )


def told(found: Findings) -> str | None:
    """What a person should read about a pull that is done: rows left out, and a mirror that differs. Pure."""
    sentences = []
    if found.left_out:
        rows = "1 row was" if len(found.left_out) == 1 else f"{len(found.left_out)} rows were"
        sentences.append(f"{rows} left out: {_some(found.left_out)}")
    if found.differences:
        sentences.append(
            "Some sums still differ from the ledger's; everything is read again with the next read. "
            + _some([line.sentence for line in found.differences])
        )
    return " ".join(sentences) or None


def _some(sentences: Sequence[str]) -> str:
    more = " ..." if len(sentences) > _SENTENCES_KEPT else ""
    return " ".join(sentences[:_SENTENCES_KEPT]) + more


def move_cursor(session: Session, run: Run, resource: Resource, until: datetime) -> None:
    """Everything that changed before `until` is in the mirror; forward only."""
    place = {"tenant_id": run.tenant_id, "connection_id": run.connection_id, "resource": resource.value}
    session.execute(_MOVE, {**place, "until": until})
