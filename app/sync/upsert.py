"""Writes a page of records into the mirror: COPY into a temporary table, then one INSERT .. ON CONFLICT.

A row is overwritten by what the ledger changed later, or by other content under the same time of change that was
read later (the ledger's blind spots). Rows are written in the order of their ids, so that two writers cannot
lock each other out. COPY does not go through row-level security, so it may not write a tenant's table itself.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.connectors.base import CreditNoteRecord, InvoiceRecord, Record
from app.sync.identity import CUSTOMER
from app.sync.tables import MirrorTable, Reading

_KEY = ("tenant_id", "id")
_NEVER_COMPARED = frozenset({*_KEY, "external_id", "changed_at", "read_at"})


def upsert(session: Session, table: MirrorTable, reading: Reading, records: Sequence[Record]) -> int:
    """Write the records; the number of rows that are new or different now."""
    if not records:
        return 0
    _add_unknown_customers(session, reading, records)
    rows = [{"tenant_id": reading.tenant_id, **table.fill(reading, record)} for record in records]
    _copy(session, table, rows)
    merged = session.execute(text(_merge(table, tuple(rows[0]))))
    changed = int(merged.rowcount)  # type: ignore[attr-defined]
    if table.has_read_at and changed < len(rows):
        session.execute(text(_TOUCH.format(table=table.name)))
    session.execute(text(f"DROP TABLE incoming_{table.name}"))
    return changed


def _copy(session: Session, table: MirrorTable, rows: list[dict[str, Any]]) -> None:
    columns = ", ".join(rows[0])
    session.execute(
        text(
            f"CREATE TEMP TABLE incoming_{table.name} ON COMMIT DROP AS "  # noqa: S608 (our own names)
            f"SELECT {columns} FROM {table.name} WITH NO DATA"
        )
    )
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY incoming_{table.name} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))


def _merge(table: MirrorTable, columns: tuple[str, ...]) -> str:
    updated = [column for column in columns if column not in (*_KEY, "external_id")]
    compared = [column for column in updated if column not in table.uncompared | _NEVER_COMPARED]
    later = " AND mirror.read_at <= excluded.read_at" if table.has_read_at else ""
    return (
        f"INSERT INTO {table.name} AS mirror ({', '.join(columns)}) "  # noqa: S608 (our own names)
        f"SELECT DISTINCT ON (id) {', '.join(columns)} FROM incoming_{table.name} ORDER BY id, changed_at DESC "
        f"ON CONFLICT (tenant_id, id) DO UPDATE SET {_pairs(updated)} "
        "WHERE mirror.changed_at IS NULL OR mirror.changed_at < excluded.changed_at "
        f"OR (mirror.changed_at = excluded.changed_at{later} "
        f"AND ({_of('mirror', compared)}) IS DISTINCT FROM ({_of('excluded', compared)}))"
    )


# Rows that were read again and found the same: that, too, is worth knowing.
_TOUCH = (
    "UPDATE {table} AS mirror SET read_at = incoming.read_at FROM incoming_{table} AS incoming "
    "WHERE mirror.tenant_id = incoming.tenant_id AND mirror.id = incoming.id "
    "AND mirror.changed_at = incoming.changed_at AND mirror.read_at < incoming.read_at"
)


def _pairs(columns: Sequence[str]) -> str:
    return ", ".join(f"{column} = excluded.{column}" for column in columns)


def _of(row: str, columns: Sequence[str]) -> str:
    return ", ".join(f"{row}.{column}" for column in columns)


def _add_unknown_customers(session: Session, reading: Reading, records: Sequence[Record]) -> None:
    """A document may come before its customer: one we know by name only is there from then on."""
    named = {
        record.customer_external_id: record.customer_name
        for record in records
        if isinstance(record, InvoiceRecord | CreditNoteRecord)
    }
    if not named:
        return
    ids = [reading.id_of(CUSTOMER, external_id) for external_id in named]
    session.execute(
        text(
            "INSERT INTO customer (tenant_id, id, external_id, name, is_active) "
            "SELECT :tenant_id, named.id, named.external_id, named.name, true FROM unnest(CAST(:ids AS uuid[]), "
            "CAST(:external_ids AS text[]), CAST(:names AS text[])) AS named (id, external_id, name) "
            "WHERE NOT EXISTS (SELECT FROM customer AS known WHERE known.tenant_id = :tenant_id "
            "AND known.id = named.id) ORDER BY named.id ON CONFLICT (tenant_id, id) DO NOTHING"
        ),
        {
            "tenant_id": reading.tenant_id,
            "ids": ids,
            "external_ids": list(named),
            "names": list(named.values()),
        },
    )
