"""What no longer exists in the ledger is marked in the mirror, never removed: reminders and payments name it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.connectors.base import DeletedRecord, Resource
from app.sync.incoming import as_json
from app.sync.tables import TABLES, Reading


@dataclass(frozen=True, slots=True)
class _Mark:
    """How a table says that a record is gone."""

    sets: str
    is_there: str


_INACTIVE = _Mark("is_active = false", "mirror.is_active")
_MARKS: Mapping[Resource, _Mark] = {
    Resource.CUSTOMERS: _INACTIVE,
    Resource.ACCOUNTS: _INACTIVE,
    Resource.INVOICES: _Mark(
        "state = 'deleted', amount_due = 0, read_at = greatest(mirror.read_at, :read_at)",
        "mirror.state <> 'deleted'",
    ),
    Resource.CREDIT_NOTES: _Mark("state = 'deleted', remaining = 0", "mirror.state <> 'deleted'"),
    Resource.PAYMENTS: _Mark("is_deleted = true, unapplied = 0", "NOT mirror.is_deleted"),
}


def mark_deleted(
    session: Session, resource: Resource, reading: Reading, gone: Sequence[DeletedRecord]
) -> int:
    """Mark these as gone unless the ledger changed them later; how many were still there."""
    if not gone:
        return 0
    mark = _MARKS[resource]
    marked = session.scalars(
        text(
            f"UPDATE {TABLES[resource].name} AS mirror SET {mark.sets}, changed_at = gone.at "  # noqa: S608 (our own)
            "FROM unnest(CAST(:keys AS text[]), CAST(:times AS timestamptz[])) AS gone (external_id, at) "
            "WHERE mirror.tenant_id = :tenant_id AND mirror.external_id = gone.external_id "
            f"AND (mirror.changed_at IS NULL OR mirror.changed_at <= gone.at) AND {mark.is_there} RETURNING mirror.id"
        ),
        {
            "tenant_id": reading.tenant_id,
            "read_at": reading.read_at,
            "keys": [record.external_id for record in gone],
            "times": [record.deleted_at for record in gone],
        },
    ).all()
    if resource is Resource.PAYMENTS and marked:
        session.execute(
            text("DELETE FROM payment_application WHERE payment_id = ANY(:ids)"), {"ids": list(marked)}
        )
    return len(marked)


def not_handed_over(
    session: Session, resource: Resource, handed_over: Collection[str]
) -> dict[str, datetime | None]:
    """The rows of the mirror that are not marked as gone and not among these, with their times of change."""
    rows = session.execute(
        text(
            f"SELECT external_id, changed_at FROM {TABLES[resource].name} AS mirror "  # noqa: S608 (our own names)
            f"WHERE {_MARKS[resource].is_there} AND NOT EXISTS ("
            "SELECT FROM json_array_elements_text(CAST(:handed_over AS json)) AS seen (external_id) "
            "WHERE seen.external_id = mirror.external_id)"
        ),
        {"handed_over": as_json(list(handed_over))},
    )
    return {external_id: changed_at for external_id, changed_at in rows}  # noqa: C416 (a Row is no pair of types)
