"""A database for each test, at the price of emptying one: a copy of the migrated one takes ten times as long."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, LiteralString
from uuid import uuid4

import psycopg
from psycopg import sql

from app.kit.embedded.postgres import RunningPostgres
from tests.kit.embedded.waiting import becomes_true

TEMPLATE = "duemate"
# Those who were connected have this long to be gone; a database that has grown by more is not used again.
_GONE_WITHIN_SECONDS = 1
_GROWN_BYTES = 16 * 1024 * 1024

_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
# Differs after whatever is made, altered or dropped: a catalog's row bears the transaction that wrote it.
_SHAPE = " UNION ALL ".join(
    f"SELECT count(*), max(xmin::text::bigint) FROM {catalog}"
    for catalog in ("pg_class", "pg_attribute", "pg_constraint", "pg_policy", "pg_proc", "pg_trigger")
)
# Only tables with rows are touched. As a replica, it fires no trigger: neither foreign keys nor the product's own.
_EMPTY = """
DO $$
DECLARE
  one regclass;
  has_rows boolean;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    AND relname <> 'alembic_version'
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO has_rows;
    IF has_rows THEN EXECUTE format('DELETE FROM %s', one); END IF;
  END LOOP;
END $$
"""


class Databases:
    """Copies of the migrated database, each for one test at a time."""

    def __init__(self, server: RunningPostgres) -> None:
        self._server = server
        self._idle: dict[str, Any] = {}
        """Names of emptied databases, each with its shape."""
        with self._connected("postgres") as connection:
            # Statistics that happen to be taken of emptied tables would mislead the next test's statements.
            connection.execute("ALTER SYSTEM SET autovacuum = off")
            connection.execute("SELECT pg_reload_conf()")
            self._largest = _number(connection, f"SELECT pg_database_size('{TEMPLATE}')") + _GROWN_BYTES

    @contextmanager
    def one(self) -> Iterator[str]:
        """The URL of a database that has the product's tables and no rows, as the app's role sees it.

        Its name is of its own: what an earlier test left running finds no database to write into.
        """
        name = f"test_{uuid4().hex}"
        shape = self._renamed(name) if self._idle else self._copied(name)
        yield self._server.app_url.rpartition("/")[0] + f"/{name}"
        if self._emptied(name, shape):
            self._idle[name] = shape
        else:
            self._server.drop_database(name)

    def _renamed(self, name: str) -> Any:
        old, shape = self._idle.popitem()
        with self._connected("postgres") as connection:
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(rename.format(sql.Identifier(old), sql.Identifier(name)))
        return shape

    def _copied(self, name: str) -> Any:
        self._server.create_database(name, template=TEMPLATE)
        with self._connected(name) as connection:
            return connection.execute(_SHAPE).fetchall()

    def _emptied(self, name: str, shape: Any) -> bool:
        """Whether it is as good as new: nobody is at it, its tables are the same, and it has not grown much."""
        with self._connected(name) as connection:
            is_left = becomes_true(lambda: _number(connection, _OTHERS) == 0, within=_GONE_WITHIN_SECONDS)
            if not is_left or connection.execute(_SHAPE).fetchall() != shape:
                return False
            connection.execute(_EMPTY)
            return _number(connection, "SELECT pg_database_size(current_database())") < self._largest

    def _connected(self, name: str) -> closing[psycopg.Connection]:
        address = self._server.admin_url.replace("+psycopg", "").rpartition("/")[0]
        return closing(psycopg.connect(f"{address}/{name}", autocommit=True))


def _number(connection: psycopg.Connection, question: LiteralString) -> int:
    row = connection.execute(question).fetchone()
    assert row is not None
    return int(row[0])
