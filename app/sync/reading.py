"""Reads resources from the ledger and writes them into the mirror, page by page, remembering what it saw.

The ledger is asked ahead, for the next resource too, and may itself hand over a page that it fetched earlier, with an
answer about another resource say. So a row counts as read when the pull began, never later: whoever read it since
then, before a reminder for example, knows better.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connectors.base import CustomerRecord, DeletedRecord, Ledger, Page, Resource
from app.kit.ground import Ground
from app.models import Customer
from app.sync import progress
from app.sync.deletion import mark_deleted
from app.sync.progress import Run
from app.sync.reading_ahead import read_ahead
from app.sync.tables import TABLES, Reading
from app.sync.tally import Tally
from app.sync.upsert import Contested, Prepared, prepared, write


@dataclass
class ResourceRead:
    """What one resource brought."""

    resource: Resource
    is_whole: bool
    """Every row that the ledger has was handed over, not only what changed."""
    tally: Tally = field(default_factory=Tally)
    changed: int = 0
    late: int = 0
    """Rows that are different now though earlier reads should have brought them."""
    left_out: list[str] = field(default_factory=list)
    deleted: list[DeletedRecord] = field(default_factory=list)
    contested: list[Contested] = field(default_factory=list)
    vanished: set[str] = field(default_factory=set)
    """Customers that have just become inactive, merged into another or deleted, by the ledger's id."""
    complete_until: datetime | None = None

    @property
    def told_of_any(self) -> bool:
        """Whether the ledger handed over anything."""
        return bool(self.tally.external_ids or self.deleted)

    def add(self, page: Page) -> None:
        self.tally.add(page.rows, page.deleted)
        self.left_out += page.left_out
        self.deleted += page.deleted
        self.is_whole = self.is_whole or page.is_whole
        self.complete_until = page.complete_until or self.complete_until


@dataclass(frozen=True, slots=True)
class _Coming:
    """A page with its rows."""

    page: Page
    rows: Prepared


@dataclass(frozen=True, slots=True)
class _End:
    """No more pages of one resource."""


def read_resources(
    ground: Ground, run: Run, ledger: Ledger, resources: Sequence[Resource], renew: Callable[[], None]
) -> Generator[ResourceRead, None, None]:
    """Every page of what changed in these, written; each resource is handed out when its last page is written.

    The ledger is used by another thread until this is exhausted or closed. The cursor of customers waits until
    `follow_customers` is done with them.
    """
    with ground.database.tenant(run.tenant_id) as session:
        readings = {r: reading_of(ground, session, run, r, read_at=run.started_at) for r in resources}
    with closing(read_ahead(_coming(run, ledger, readings), renew=renew)) as coming:
        for resource, reading in readings.items():
            yield _written(ground, run, resource, reading, coming)


def _coming(run: Run, ledger: Ledger, readings: Mapping[Resource, Reading]) -> Iterator[_Coming | _End]:
    """All pages of one resource after the other, as the ledger hands them over, with an end behind each resource."""
    for resource, reading in readings.items():
        for page in ledger.changes(resource, since=run.since(resource)):
            yield _Coming(page, prepared(TABLES[resource], reading, page.rows))
        yield _End()


def _written(
    ground: Ground, run: Run, resource: Resource, reading: Reading, coming: Iterator[_Coming | _End]
) -> ResourceRead:
    """The pages of one resource, written."""
    with ground.database.tenant(run.tenant_id) as session:
        before = progress.turn_to(session, run, resource)
    read = ResourceRead(resource, is_whole=run.since(resource) is None)
    for one in coming:
        if isinstance(one, _End):
            break
        read.add(one.page)
        # Rows and cursor go together, so a crash of the server at worst loses both, and they are read again.
        with ground.database.tenant(run.tenant_id, waits_for_disk=False) as session:
            changed = write_page(session, reading, read, one.page, one.rows)
            progress.record_page(session, run, one.page, before=before, changed=changed)
            if one.page.complete_until is not None and resource is not Resource.CUSTOMERS:
                progress.move_cursor(session, run, resource, one.page.complete_until)
    if read.deleted:
        # Once more: a page may have brought a row after the word that it is gone.
        with ground.database.tenant(run.tenant_id) as session:
            mark_deleted(session, resource, reading, read.deleted)
    return read


def reading_of(
    ground: Ground, session: Session, run: Run, resource: Resource, *, read_at: datetime
) -> Reading:
    """For whom, and since when, rows of a resource are written by a pull."""
    followed_until = run.cursors.get(resource)
    return Reading(run.tenant_id, ground.sealer(session), read_at, followed_until=followed_until)


def write_page(session: Session, reading: Reading, read: ResourceRead, page: Page, rows: Prepared) -> int:
    """Write rows and deletions of a page; how many rows of the mirror are different now."""
    if read.resource is Resource.CUSTOMERS:
        read.vanished |= _vanishing(session, reading, page)
    written = write(session, TABLES[read.resource], reading, rows)
    gone = mark_deleted(session, read.resource, reading, page.deleted)
    read.changed += written.changed + gone
    read.late += written.late
    read.contested += written.contested
    return written.changed + gone


def _vanishing(session: Session, reading: Reading, page: Page) -> set[str]:
    """Customers of a page that are active no longer, unless earlier pulls saw that already."""
    times = {
        record.external_id: record.changed_at
        for record in page.rows
        if isinstance(record, CustomerRecord) and not record.is_active
    } | {gone.external_id: gone.deleted_at for gone in page.deleted}
    if not times:
        return set()
    since = reading.followed_until
    recent = {external_id for external_id, at in times.items() if since is not None and at >= since}
    was_active = select(Customer.external_id).where(
        Customer.external_id.in_(times.keys() - recent), Customer.is_active
    )
    return recent | set(session.scalars(was_active))
