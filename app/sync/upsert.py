"""Writes a page of records into the mirror with one INSERT .. ON CONFLICT.

A row is overwritten by what the ledger changed later, or by other content under the same time of change that was
read later (the ledger's blind spots). Rows are written in the order of their ids, so that two writers cannot
lock each other out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.connectors.base import CreditNoteRecord, CustomerRecord, InvoiceRecord, PaymentRecord, Record
from app.sync.applications import Parts, parts_of, replace_applications
from app.sync.incoming import as_json, ids_as_array, ids_in_one, incoming_rows
from app.sync.people import follow_people
from app.sync.seals import seal_texts
from app.sync.tables import CUSTOMERS, PAYMENTS, MirrorTable, Reading

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
    """Records, each once, and what they put into the database."""

    records: Sequence[Record]
    rows: Sequence[dict[str, Any]]
    """What they fill, in the same order."""
    parts: Parts
    """What they settle, if they are payments."""
    as_json: str | None
    """The rows as a statement takes them; None if some of their texts are to be sealed before."""


def upsert(session: Session, table: MirrorTable, reading: Reading, records: Sequence[Record]) -> Written:
    """Write the records."""
    return write(session, table, reading, prepared(table, reading, records))


def prepared(table: MirrorTable, reading: Reading, records: Iterable[Record]) -> Prepared:
    """What the records put into the table, without touching it. Pure; for any thread."""
    latest = latest_of(records)
    tenant_id = str(reading.tenant_id)
    rows = [{"tenant_id": tenant_id, **table.fill(reading, record)} for record in latest]
    parts = parts_of(reading, (record for record in latest if isinstance(record, PaymentRecord)))
    return Prepared(latest, rows, parts, None if table.sealed else as_json(rows))


def write(session: Session, table: MirrorTable, reading: Reading, page: Prepared) -> Written:
    """Write what was prepared; once only, since its texts are sealed in place."""
    rows = page.rows
    if not rows:
        return Written()
    seal_texts(session, table, reading.sealer, rows)
    _add_unknown_customers(session, reading, page)
    columns, values = tuple(rows[0]), {"incoming": page.as_json or as_json(rows)}
    changed = ids_in_one(session, _merge(table, columns), values)
    if table.has_read_at and len(changed) < len(rows):
        session.execute(text(_touch(table)), values)
    if table is PAYMENTS:
        told = {row["id"]: row["changed_at"] for row in rows}
        changed |= replace_applications(session, reading, told, page.parts, changed)
    if table is CUSTOMERS and changed:
        people = {
            UUID(row["id"]): record
            for row, record in zip(rows, page.records, strict=True)
            if isinstance(record, CustomerRecord) and row["id"] in changed
        }
        follow_people(session, reading, people)
    contested = () if len(changed) == len(rows) else _contested(session, table, columns, page, values)
    late = sum(reading.is_late(row["changed_at"]) and row["id"] in changed for row in rows)
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
        f"SELECT {', '.join(columns)} FROM {incoming_rows(table.name)} ORDER BY id "
        f"ON CONFLICT (tenant_id, id) DO UPDATE SET {_pairs(updated)} "
        "WHERE mirror.changed_at IS NULL OR mirror.changed_at < excluded.changed_at "
        f"OR (mirror.changed_at = excluded.changed_at{later} AND {_differs(columns, 'excluded')}) "
        "RETURNING mirror.id"
    )


def _touch(table: MirrorTable) -> str:
    """Rows that were read again and found the same: that, too, is worth knowing."""
    return (
        f"UPDATE {table.name} AS mirror SET read_at = incoming.read_at FROM {incoming_rows(table.name)} "  # noqa: S608
        "WHERE mirror.tenant_id = incoming.tenant_id AND mirror.id = incoming.id "
        "AND mirror.changed_at = incoming.changed_at AND mirror.read_at < incoming.read_at"
    )


def _contested(
    session: Session, table: MirrorTable, columns: tuple[str, ...], page: Prepared, values: Mapping[str, Any]
) -> tuple[Contested, ...]:
    read_at = "mirror.read_at" if table.has_read_at else "CAST(NULL AS timestamptz)"
    rows = session.execute(
        text(
            f"SELECT mirror.external_id, mirror.changed_at, {read_at} "  # noqa: S608 (our own names)
            f"FROM {incoming_rows(table.name)} JOIN {table.name} AS mirror "
            "ON mirror.tenant_id = incoming.tenant_id AND mirror.id = incoming.id "
            f"WHERE mirror.changed_at <> incoming.changed_at OR {_differs(columns, 'incoming')}"
        ),
        values,
    )
    seen = {external_id: times for external_id, *times in rows}
    if not seen:
        return ()
    return tuple(
        Contested(record, *seen[record.external_id]) for record in page.records if record.external_id in seen
    )


def _differs(columns: Sequence[str], other: str) -> str:
    compared = [column for column in columns if column not in _NEVER_COMPARED]
    return f"({_of('mirror', compared)}) IS DISTINCT FROM ({_of(other, compared)})"


def _pairs(columns: Sequence[str]) -> str:
    return ", ".join(f"{column} = excluded.{column}" for column in columns)


def _of(row: str, columns: Sequence[str]) -> str:
    return ", ".join(f"{row}.{column}" for column in columns)


_KNOWN = (
    "SELECT CAST(id AS text) FROM customer WHERE tenant_id = :tenant_id AND id = ANY(CAST(:ids AS uuid[]))"
)
_ADD_CUSTOMER = (
    "INSERT INTO customer (tenant_id, id, external_id, name, is_active) "
    "VALUES (:tenant_id, :id, :external_id, :name, true) ON CONFLICT (tenant_id, id) DO NOTHING"
)


def _add_unknown_customers(session: Session, reading: Reading, page: Prepared) -> None:
    """A document may come before its customer: one we know by name only is there from then on."""
    named = {
        row["customer_id"]: one
        for row, one in zip(page.rows, page.records, strict=True)
        if isinstance(one, InvoiceRecord | CreditNoteRecord) and row["customer_id"] not in reading.customers
    }
    if not named:
        return
    asked = {"tenant_id": reading.tenant_id, "ids": ids_as_array(named)}
    unknown = named.keys() - set(session.scalars(text(_KNOWN), asked))
    if unknown:
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
    reading.customers.update(named)
