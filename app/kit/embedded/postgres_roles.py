"""The two roles and the databases: one role owns the tables, the other only uses them."""

import psycopg
from psycopg import sql

from app.kit.embedded.ports import LOOPBACK

SUPERUSER = "postgres"
OWNER = "duemate_owner"
APP = "duemate_app"
DATABASE = "duemate"

_PLAIN = sql.SQL("LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION")


def connect(port: int, password: str) -> psycopg.Connection:
    """The superuser's connection; commits each statement."""
    return psycopg.connect(
        host=LOOPBACK,
        port=port,
        user=SUPERUSER,
        password=password,
        dbname="postgres",
        connect_timeout=5,
        autocommit=True,
    )


def set_up(connection: psycopg.Connection, passwords: dict[str, str]) -> None:
    """Make the roles with their passwords, and the product's database, as far as they are missing."""
    for role, password in passwords.items():
        if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
            connection.execute(
                sql.SQL("CREATE ROLE {} {} PASSWORD {}").format(
                    sql.Identifier(role), _PLAIN, sql.Literal(password)
                )
            )
    if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
        create(connection, DATABASE)


def create(connection: psycopg.Connection, name: str, template: str = "template1") -> None:
    """A database that the owner owns and the app may use; a copy of `template`, which nobody may be using."""
    database = sql.Identifier(name)
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
            database, sql.Identifier(OWNER), sql.Identifier(template)
        )
    )
    # A copy does not take over who may connect.
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute(
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(database, sql.Identifier(APP))
    )


def drop(connection: psycopg.Connection, name: str) -> None:
    """Remove a database and whoever is still connected to it."""
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _exists(connection: psycopg.Connection, question: str, name: str) -> bool:
    return connection.execute(question, [name]).fetchone() is not None
