"""Seals the texts of rows about to be written, and keeps the mirror's own seal where it says the same already.

A text looks different each time it is sealed. With its old seal kept, the database can tell whether a row changed.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.kit.sealing import SealBroken, Sealer
from app.sync.incoming import bytes_as_text, ids_as_array
from app.sync.tables import MirrorTable

_Row = dict[str, Any]


def seal_texts(session: Session, table: MirrorTable, sealer: Sealer, rows: Sequence[_Row]) -> None:
    """Seal, in place, what the table keeps sealed; as texts that a statement takes."""
    if not table.sealed:
        return
    there = _seals(session, table, [row["id"] for row in rows])
    for row in rows:
        before = there.get(row["id"], {})
        for column, place in table.sealed.items():
            sealed = _sealed(sealer, row[column], place, row["id"], before.get(column))
            row[column] = None if sealed is None else bytes_as_text(sealed)


def _seals(session: Session, table: MirrorTable, row_ids: Sequence[str]) -> dict[str, _Row]:
    columns = ", ".join(table.sealed)
    rows = session.execute(
        text(
            f"SELECT CAST(id AS text) AS id, {columns} FROM {table.name} "  # noqa: S608 (our own names)
            "WHERE id = ANY(CAST(:ids AS uuid[]))"
        ),
        {"ids": ids_as_array(row_ids)},
    )
    return {row.id: dict(row._mapping) for row in rows}


def _sealed(sealer: Sealer, plain: str | None, place: str, row_id: str, before: bytes | None) -> bytes | None:
    if not plain:
        return None
    if before is not None:
        with suppress(SealBroken):
            if sealer.open(before, column=place, row=row_id) == plain:
                return before
    return sealer.seal(plain, column=place, row=row_id)
