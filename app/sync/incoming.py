"""The fast way of many rows into a statement: all of them as one JSON text, which the database takes apart.

COPY would cost this process three times as much, and since it does not go through row-level security, it could only
fill a table made for the purpose, with statements of its own for making and dropping it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.orm import Session

_encode = msgspec.json.Encoder().encode


def as_json(rows: Sequence[object]) -> str:
    """Rows, or ids, as a statement takes them: exact decimals, moments with their zones. No bytes: `bytes_as_text`."""
    return _encode(rows).decode()


def bytes_as_text(content: bytes) -> str:
    """Bytes as PostgreSQL reads them in a text."""
    return f"\\x{content.hex()}"


def ids_as_array(ids: Iterable[str]) -> str:
    """Ids of rows as the text of an array, which the driver would put together one by one."""
    return f"{{{','.join(ids)}}}"


def incoming_rows(table: str) -> str:
    """What stands in a FROM for the rows in the parameter `incoming`, with the types of a table's columns."""
    return f"json_populate_recordset(CAST(NULL AS {table}), CAST(:incoming AS json)) AS incoming"


def ids_in_one(session: Session, statement: str, values: Mapping[str, Any]) -> set[str]:
    """The ids that a writing statement returns as `id`, as texts: one array costs less than many rows."""
    gathered = text(
        f"WITH written AS ({statement}) "  # noqa: S608 (our own names)
        "SELECT coalesce(array_agg(CAST(id AS text)), '{}') FROM written"
    )
    return set(session.scalars(gathered, values).one())
