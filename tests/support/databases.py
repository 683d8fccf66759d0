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

_OTHERS = "SELECT pg_stat_get_db_numbackends(oid) - 1 FROM pg_database WHERE datname = current_database()"
_OF_THE_PRODUCT = 16384
"""What PostgreSQL brings with it has lower numbers than what is made later."""
# Differs after whatever is made, altered or dropped: a catalog's row bears the transaction that wrote it.
_SHAPE = " UNION ALL ".join(
    f"SELECT count(*), max(xmin::text::bigint) FROM {catalog} WHERE {number} >= {_OF_THE_PRODUCT}"
    for catalog, number in (
        ("pg_class", "oid"),
        ("pg_attribute", "attrelid"),
        ("pg_constraint", "oid"),
        ("pg_policy", "oid"),
        ("pg_proc", "oid"),
        ("pg_trigger", "oid"),
    )
)
# Only tables with rows are touched; what takes no place on the disk has never had any, and is not even opened.
# As a replica, it fires no trigger: neither foreign keys nor the product's own.
_EMPTY = """
DO $$
DECLARE
  one regclass;
  has_rows boolean;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
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
        self._beside = self._connected("postgres")
        """Stays, because a database cannot be renamed by who is connected to it."""
        # Statistics that happen to be taken of emptied tables would mislead the next test's statements.
        self._beside.execute("ALTER SYSTEM SET autovacuum = off")
        self._beside.execute("SELECT pg_reload_conf()")
        self._largest = _number(self._beside, f"SELECT pg_database_size('{TEMPLATE}')") + _GROWN_BYTES

    def close(self) -> None:
        self._beside.close()

    @contextmanager
    def one(self) -> Iterator[str]:
        """The URL of a database that has the product's tables and no rows, as the app's role sees it.

        Its name is of its own: what an earlier test left running finds no database to write into.
        """
        name = f"test_{uuid4().hex}"
        shape = self._renamed(name) or self._copied(name)
        yield self._server.app_url.rpartition("/")[0] + f"/{name}"
        if self._emptied(name, shape):
            self._idle[name] = shape
        else:
            self._server.drop_database(name)

    def _renamed(self, name: str) -> Any:
        """The shape of an idle one that has this name now; None if there is none that nobody is at."""
        while self._idle:
            old, shape = self._idle.popitem()
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            try:
                self._beside.execute(rename.format(sql.Identifier(old), sql.Identifier(name)))
            except psycopg.errors.ObjectInUse:
                self._server.drop_database(old)
            else:
                return shape
        return None

    def _copied(self, name: str) -> Any:
        self._server.create_database(name, template=TEMPLATE)
        with closing(self._connected(name)) as connection:
            return connection.execute(_SHAPE).fetchall()

    def _emptied(self, name: str, shape: Any) -> bool:
        """Whether it is as good as new: nobody is at it, its tables are the same, and it has not grown much."""
        with closing(self._connected(name)) as connection:
            is_left = becomes_true(lambda: _number(connection, _OTHERS) == 0, within=_GONE_WITHIN_SECONDS)
            if not is_left or connection.execute(_SHAPE).fetchall() != shape:
                return False
            connection.execute(_EMPTY)
            return _number(connection, "SELECT pg_database_size(current_database())") < self._largest

    def _connected(self, name: str) -> psycopg.Connection:
        address = self._server.admin_url.replace("+psycopg", "").rpartition("/")[0]
        return psycopg.connect(f"{address}/{name}", autocommit=True)


def _number(connection: psycopg.Connection, question: LiteralString) -> int:
    row = connection.execute(question).fetchone()
    assert row is not None
    return int(row[0])
