"""Does the mirror say what the ledger says? Reads everything afresh, compares, and changes nothing."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.connectors.base import Resource
from app.connectors.registry import LEDGERS, open_ledger
from app.kit.ground import Ground
from app.models import Route
from app.sync.comparison import COMPARED, MirrorLine, compared
from app.sync.tally import Tally


@dataclass(frozen=True, slots=True)
class MirrorReport:
    """The comparison, line by line."""

    lines: tuple[MirrorLine, ...]

    @property
    def is_equal(self) -> bool:
        return all(line.is_equal for line in self.lines)

    @property
    def differences(self) -> tuple[MirrorLine, ...]:
        return tuple(line for line in self.lines if not line.is_equal)


def connected_tenants(ground: Ground) -> list[UUID]:
    """Every tenant that has a ledger."""
    with ground.database.platform() as session:
        found = session.scalars(select(Route.tenant_id).where(Route.kind.in_(LEDGERS)).distinct())
        return sorted(found)


def compare(ground: Ground, tenant_id: UUID) -> MirrorReport:
    """Read the whole ledger and compare. Raises what the ledger raises.

    Documents that change while it reads may show as a difference; compare again after the next pull.
    """
    ledger = open_ledger(ground, tenant_id)
    tallies: dict[Resource, Tally] = {resource: Tally() for resource in COMPARED}
    for resource, tally in tallies.items():
        for page in ledger.changes(resource, since=None):
            tally.add(page.rows, page.deleted)
    with ground.database.tenant(tenant_id) as session:
        return MirrorReport(
            tuple(line for resource, tally in tallies.items() for line in compared(session, resource, tally))
        )
