"""Writes a page of records into the mirror: COPY into a temporary table, then one INSERT .. ON CONFLICT.

A row is overwritten by what the ledger changed later, or by other content under the same time of change that was
read later (the ledger's blind spots). Rows are written in the order of their ids, so that two writers cannot
lock each other out. COPY does not go through row-level security, so it may not write a tenant's table itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.connectors.base import CreditNoteRecord, InvoiceRecord, PaymentRecord, Record
from app.sync.applications import replace_applications
from app.sync.copying import copy_rows, ids_in_one
from app.sync.identity import CUSTOMER
from app.sync.seals import seal_texts
from app.sync.tables import MirrorTable, Reading

_KEY = ("tenant_id", "id")
_NEVER_COMPARED = frozenset({*_KEY, "external_id", "changed_at", "read_at"})


@dataclass(frozen=True, slots=True)
class Contested:
    """A record that was not believed, because the mirror's row claims to be newer."""

    record: Record
    seen: datetime
    """The time of change that the mirror's row has instead."""
    seen_read_at: datetime | None
    """When the mirror's row was read, if its table tells."""

    def is_suspect(self, now: datetime) -> bool:
        """Whether the row may be wrong. One that was read since, under the same time of change, just knows better."""
        if self.seen != self.record.changed_at:
            return True
        return self.seen_read_at is not None and self.seen_read_at > now


@dataclass(frozen=True, slots=True)
class Written:
    """What a page did to the mirror."""

    changed: int = 0
    """Rows that are new or different now."""
    late: int = 0
    """Those of them that an earlier read should have brought: changed before `Reading.followed_until`."""
    contested: tuple[Contested, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """Records, each once, and the rows they fill, in the same order."""

    records: Sequence[Record]
    rows: Sequence[dict[str, Any]]


def upsert(session: Session, table: MirrorTable, reading: Reading, records: Sequence[Record]) -> Written:
    """Write the records."""
    return write(session, table, reading, prepared(table, reading, records))


def prepared(table: MirrorTable, reading: Reading, records: Iterable[Record]) -> Prepared:
    """What the records put into the table, without touching it. Pure; for any thread."""
    latest = latest_of(records)
    tenant_id = str(reading.tenant_id)
    return Prepared(latest, [{"tenant_id": tenant_id, **table.fill(reading, record)} for record in latest])


def write(session: Session, table: MirrorTable, reading: Reading, page: Prepared) -> Written:
    """Write what was prepared; once only, since its texts are sealed in place."""
    latest, rows = page.records, page.rows
    if not rows:
        return Written()
    seal_texts(session, table, reading.sealer, rows)
    columns = tuple(rows[0])
    copy_rows(session, table.name, rows)
    _add_unknown_customers(session, table, reading, latest)
    changed = ids_in_one(session, _merge(table, columns))
    if table.has_read_at and len(changed) < len(rows):
        session.execute(text(_TOUCH.format(table=table.name)))
    payments = [record for record in latest if isinstance(record, PaymentRecord)]
    if payments:
        changed |= replace_applications(session, reading, payments)
    contested = () if len(changed) == len(rows) else _contested(session, table, columns, latest)
    session.execute(text(f"DROP TABLE incoming_{table.name}"))
    late = sum(row["id"] in changed and reading.is_late(row["changed_at"]) for row in rows)
    return Written(len(changed), late, contested)


def latest_of(records: Iterable[Record]) -> list[Record]:
    """Each record once, by its latest word. Pure."""
    latest: dict[str, Record] = {}
    for record in records:
        known = latest.get(record.external_id)
        if known is None or known.changed_at <= record.changed_at:
            latest[record.external_id] = record
    return list(latest.values())


def _merge(table: MirrorTable, columns: tuple[str, ...]) -> str:
    updated = [column for column in columns if column not in (*_KEY, "external_id")]
    later = " AND mirror.read_at <= excluded.read_at" if table.has_read_at else ""
    return (
        f"INSERT INTO {table.name} AS mirror ({', '.join(columns)}) "  # noqa: S608 (our own names)
        f"SELECT {', '.join(columns)} FROM incoming_{table.name} ORDER BY id "
        f"ON CONFLICT (tenant_id, id) DO UPDATE SET {_pairs(updated)} "
        "WHERE mirror.changed_at IS NULL OR mirror.changed_at < excluded.changed_at "
        f"OR (mirror.changed_at = excluded.changed_at{later} AND {_differs(columns, 'excluded')}) "
        "RETURNING mirror.id"
    )


# Rows that were read again and found the same: that, too, is worth knowing.
_TOUCH = (
    "UPDATE {table} AS mirror SET read_at = incoming.read_at FROM incoming_{table} AS incoming "
    "WHERE mirror.tenant_id = incoming.tenant_id AND mirror.id = incoming.id "
    "AND mirror.changed_at = incoming.changed_at AND mirror.read_at < incoming.read_at"
)


def _contested(
    session: Session, table: MirrorTable, columns: tuple[str, ...], records: Sequence[Record]
) -> tuple[Contested, ...]:
    read_at = "mirror.read_at" if table.has_read_at else "CAST(NULL AS timestamptz)"
    rows = session.execute(
        text(
            f"SELECT mirror.external_id, mirror.changed_at, {read_at} "  # noqa: S608 (our own names)
            f"FROM incoming_{table.name} AS incoming JOIN {table.name} AS mirror "
            "ON mirror.tenant_id = incoming.tenant_id AND mirror.id = incoming.id "
            f"WHERE mirror.changed_at <> incoming.changed_at OR {_differs(columns, 'incoming')}"
        )
    )
    seen = {external_id: times for external_id, *times in rows}
    if not seen:
        return ()
    return tuple(
        Contested(record, *seen[record.external_id]) for record in records if record.external_id in seen
    )


def _differs(columns: Sequence[str], other: str) -> str:
    compared = [column for column in columns if column not in _NEVER_COMPARED]
    return f"({_of('mirror', compared)}) IS DISTINCT FROM ({_of(other, compared)})"


def _pairs(columns: Sequence[str]) -> str:
    return ", ".join(f"{column} = excluded.{column}" for column in columns)


def _of(row: str, columns: Sequence[str]) -> str:
    return ", ".join(f"{row}.{column}" for column in columns)


_UNKNOWN = (
    "SELECT DISTINCT CAST(customer_id AS text) FROM incoming_{table} AS incoming WHERE NOT EXISTS ("
    "SELECT FROM customer WHERE customer.tenant_id = incoming.tenant_id AND customer.id = incoming.customer_id)"
)
_ADD_CUSTOMER = (
    "INSERT INTO customer (tenant_id, id, external_id, name, is_active) "
    "VALUES (:tenant_id, :id, :external_id, :name, true) ON CONFLICT (tenant_id, id) DO NOTHING"
)


def _add_unknown_customers(
    session: Session, table: MirrorTable, reading: Reading, records: Sequence[Record]
) -> None:
    """A document may come before its customer: one we know by name only is there from then on."""
    documents = [one for one in records if isinstance(one, InvoiceRecord | CreditNoteRecord)]
    unknown = set(session.scalars(text(_UNKNOWN.format(table=table.name)))) if documents else set()
    if not unknown:
        return
    named = {reading.id_of(CUSTOMER, one.customer_external_id): one for one in documents}
    session.execute(
        text(_ADD_CUSTOMER),
        [
            {
                "tenant_id": reading.tenant_id,
                "id": customer_id,
                "external_id": named[customer_id].customer_external_id,
                "name": named[customer_id].customer_name,
            }
            for customer_id in sorted(unknown)
        ],
    )
