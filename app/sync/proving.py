"""After a resource was read whole: the mirror must equal the ledger, and is repaired where it does not.

Three things can be wrong: the mirror has rows that the ledger no longer has, it has rows that claim to be newer
than the ledger's own, or it lacks what an earlier read should have brought. The last is mended by writing the pages.
When nothing is wrong the ledger is asked nothing further. Otherwise the changes since the read are read too, so that
what merely changed meanwhile is not mistaken for damage.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.connectors.base import DeletedRecord, Record
from app.connectors.registry import open_ledger
from app.kit.ground import Ground
from app.sync.comparison import MirrorLine, compared
from app.sync.deletion import mark_deleted, not_handed_over
from app.sync.progress import Run
from app.sync.reading import ResourceRead, reading_of, write_page
from app.sync.tables import TABLES, Reading
from app.sync.upsert import Contested, prepared, upsert

_ROUNDS = 3
_FEW = 10


@dataclass(frozen=True, slots=True)
class Proof:
    """How one resource stands after its repair."""

    repaired: int
    lines: tuple[MirrorLine, ...]


def prove(ground: Ground, run: Run, read: ResourceRead, renew: Callable[[], None]) -> Proof:
    """Compare, repair and compare again. Raises what the ledger raises."""
    repaired = read.late
    for _ in range(_ROUNDS):
        unseen = _unseen(ground, run, read)
        if unseen:
            repaired += _mark_the_missing(ground, run, read, unseen)
            unseen = _unseen(ground, run, read)
        lines = _compared(ground, run, read, unseen)
        suspects = [one for one in read.contested if one.is_suspect(ground.clock.now())]
        if not suspects and all(line.is_equal for line in lines):
            return Proof(repaired, lines)
        renew()
        repaired += _settle(ground, run, read, suspects)
    return Proof(repaired, _compared(ground, run, read, _unseen(ground, run, read)))


def _compared(
    ground: Ground, run: Run, read: ResourceRead, unseen: Mapping[str, datetime | None]
) -> tuple[MirrorLine, ...]:
    # What makes no sense was told in a sentence of its own; what the mirror has of it may be older.
    leaving_out = unseen.keys() if len(unseen) <= len(read.left_out) else ()
    with ground.database.tenant(run.tenant_id) as session:
        return tuple(compared(session, read.resource, read.tally, leaving_out=leaving_out))


def _mark_the_missing(
    ground: Ground, run: Run, read: ResourceRead, unseen: Mapping[str, datetime | None]
) -> int:
    """Rows that were not handed over and that the ledger, asked for them, does not have; how many there were."""
    before = run.cursors.get(read.resource)
    if len(unseen) > _FEW and before is not None and run.is_whole:
        # Rows deleted lately are told in one answer by a ledger that tells of them at all. (Unless the run is a
        # whole one, the changes since then were asked for already, and were too many to be told.)
        _catch_up(ground, run, read, since=before)
        unseen = _unseen(ground, run, read)
    asked_at = ground.clock.now()
    missing = open_ledger(ground, run.tenant_id).missing(read.resource, sorted(unseen)) if unseen else set()
    gone = [
        DeletedRecord(external_id, max(asked_at, unseen[external_id] or asked_at))
        for external_id in sorted(missing & unseen.keys())
    ]
    with ground.database.tenant(run.tenant_id) as session:
        reading = Reading(run.tenant_id, ground.sealer(session), asked_at)
        count = mark_deleted(session, read.resource, reading, gone)
    read.changed += count
    return count


def _unseen(ground: Ground, run: Run, read: ResourceRead) -> dict[str, datetime | None]:
    """Rows of the mirror that the ledger did not hand over, with their times of change."""
    with ground.database.tenant(run.tenant_id) as session:
        return not_handed_over(session, read.resource, read.tally.external_ids)


def _settle(ground: Ground, run: Run, read: ResourceRead, suspects: Sequence[Contested]) -> int:
    """Read what changed since, then overrule rows that are newer than anything the ledger has; how many."""
    seen = {one.record.external_id: one.seen for one in suspects}
    read.contested = []
    changes = _catch_up(ground, run, read, since=read.complete_until)
    known = [one.record for one in suspects] + [one for one in changes if one.external_id in seen]
    read.contested = []
    with ground.database.tenant(run.tenant_id) as session:
        reading = Reading(run.tenant_id, ground.sealer(session), run.started_at)
        table = TABLES[read.resource]
        doubted = upsert(session, table, reading, known).contested
        # Seen before the ledger was asked again, and still not what it says: the row is wrong, not new.
        wrong = [one for one in doubted if one.seen == seen[one.record.external_id]]
        _distrust(session, table.name, wrong)
        overruled = upsert(session, table, reading, [one.record for one in wrong]).changed
    read.changed += overruled
    return overruled


def _catch_up(ground: Ground, run: Run, read: ResourceRead, *, since: datetime | None) -> list[Record]:
    """Write the changes since a moment; all of them.

    The ledger is opened anew: what it has fetched earlier is of no use here.
    """
    asked_at = ground.clock.now()
    found: list[Record] = []
    for page in open_ledger(ground, run.tenant_id).changes(read.resource, since=since):
        read.add(page)
        with ground.database.tenant(run.tenant_id) as session:
            reading = reading_of(ground, session, run, read.resource, read_at=asked_at)
            rows = prepared(TABLES[read.resource], reading, page.rows)
            write_page(session, reading, read, page, rows)
        found += page.rows
    return found


def _distrust(session: Session, table: str, wrong: Sequence[Contested]) -> None:
    """Take away the age of rows, if they are still as they were seen, so that the next word is believed."""
    session.execute(
        text(
            f"UPDATE {table} AS mirror SET changed_at = 'epoch' "  # noqa: S608 (our own names)
            "FROM unnest(CAST(:external_ids AS text[]), CAST(:seen AS timestamptz[])) AS wrong (external_id, seen) "
            "WHERE mirror.external_id = wrong.external_id AND mirror.changed_at = wrong.seen"
        ),
        {"external_ids": [one.record.external_id for one in wrong], "seen": [one.seen for one in wrong]},
    )
