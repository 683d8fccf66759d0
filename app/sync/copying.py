"""The fast way of many rows into the database: COPY into a temporary table shaped like the real one."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session


def copy_rows(session: Session, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make `incoming_<table>` with the columns of the first row, and all rows in it. Gone with the transaction."""
    columns = ", ".join(rows[0])
    session.execute(
        text(
            f"CREATE TEMP TABLE incoming_{table} ON COMMIT DROP AS "  # noqa: S608 (our own names)
            f"SELECT {columns} FROM {table} WITH NO DATA"
        )
    )
    driver: Any = session.connection().connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY incoming_{table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))


def ids_in_one(session: Session, statement: str) -> set[str]:
    """The ids that a writing statement returns as `id`, as texts: one array costs less than many rows."""
    gathered = text(
        f"WITH written AS ({statement}) "  # noqa: S608 (our own names)
        "SELECT coalesce(array_agg(CAST(id AS text)), '{}') FROM written"
    )
    return set(session.scalars(gathered).one())
