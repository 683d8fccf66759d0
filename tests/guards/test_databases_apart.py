"""No test sees what another one did: neither its rows nor its tables, nor a process that it left running."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from app.kit.embedded.postgres import RunningPostgres
from app.models import Base
from tests.support.databases import Databases

_A_TENANT_WITH_A_MEMBER = """
WITH made AS (
  INSERT INTO tenant (id, name, data_key, base_currency, country_code, time_zone, sending, created_at)
  VALUES (gen_random_uuid(), 'Left behind', 'key', 'GBP', 'GB', 'Europe/London', 'on', now()) RETURNING id
), person AS (
  INSERT INTO user_account (id, issuer, subject, name_sealed, email_sealed, created_at, signed_in_at)
  VALUES (gen_random_uuid(), 'xero', 'somebody', 'name', 'address', now(), now()) RETURNING id
)
SELECT id FROM made UNION SELECT id FROM person
"""


@pytest.fixture
def own(postgres: RunningPostgres) -> Iterator[Databases]:
    with closing(Databases(postgres)) as several:
        yield several


def _connected(url: str, postgres: RunningPostgres) -> "closing[psycopg.Connection[Any]]":
    server = postgres.admin_url.replace("+psycopg", "").rpartition("/")[0]
    return closing(psycopg.connect(f"{server}/{url.rpartition('/')[2]}", autocommit=True))


def _identity(url: str, postgres: RunningPostgres) -> object:
    """What stays the same when a database is given another name."""
    with _connected(url, postgres) as connection:
        return connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()


def _tables_with_rows(connection: psycopg.Connection) -> set[str]:
    questions = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in Base.metadata.tables)
    return {name for (name,) in connection.execute(" UNION ALL ".join(questions).encode())}


def test_the_next_test_finds_no_rows_and_the_last_one_no_database(
    own: Databases, postgres: RunningPostgres
) -> None:
    with own.one() as first, _connected(first, postgres) as connection:
        connection.execute(_A_TENANT_WITH_A_MEMBER)
        assert _tables_with_rows(connection) == {"tenant", "user_account"}
        number = _identity(first, postgres)
        connection.close()
    with own.one() as second:
        assert _identity(second, postgres) == number
        with _connected(second, postgres) as connection:
            assert _tables_with_rows(connection) == set()
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            _identity(first, postgres)


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE left_behind (n int)",
        "DROP TABLE membership",
        "ALTER TABLE tenant ADD COLUMN left_behind int",
        "ALTER TABLE tenant DISABLE ROW LEVEL SECURITY",
        "CREATE FUNCTION left_behind() RETURNS int LANGUAGE sql RETURN 1",
        "ALTER TABLE tenant ALTER COLUMN region SET NOT NULL",
    ],
)
def test_a_database_whose_tables_were_changed_is_thrown_away(
    own: Databases, postgres: RunningPostgres, change: str
) -> None:
    with own.one() as first, _connected(first, postgres) as connection:
        number = _identity(first, postgres)
        connection.execute(change.encode())
        connection.close()
    with own.one() as second:
        assert _identity(second, postgres) != number


def test_a_database_that_somebody_still_uses_is_thrown_away(
    own: Databases, postgres: RunningPostgres
) -> None:
    with own.one() as first:
        number = _identity(first, postgres)
        left = psycopg.connect(first.replace("+psycopg", ""))
    with closing(left), own.one() as second:
        assert _identity(second, postgres) != number
        with pytest.raises(psycopg.OperationalError):
            left.execute("SELECT 1")
