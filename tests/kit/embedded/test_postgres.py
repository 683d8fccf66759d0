"""The embedded PostgreSQL: two roles, private passwords, crash-proof, and gone with its parent."""

import os
import socket
from pathlib import Path

import psutil
import psycopg
import pytest

from app.kit.embedded.errors import EmbeddedServerError, FolderInUse
from app.kit.embedded.ports import LOOPBACK
from app.kit.embedded.postgres import RunningPostgres, start_postgres
from tests.kit.embedded.waiting import becomes_true, family, lives, started_python

SERVES = """
import sys, time
from pathlib import Path
from app.kit.embedded.postgres import start_postgres
server = start_postgres(folder=Path(sys.argv[1]))
print(server.server.pid, server.owner_url)
time.sleep(600)
"""


def connected(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True, connect_timeout=5)


def answer(url: str, question: str) -> object:
    with connected(url) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def test_the_owner_makes_tables_and_the_app_only_uses_what_it_is_granted(postgres: RunningPostgres) -> None:
    postgres.create_database("roles")
    owner, app = (url.rpartition("/")[0] + "/roles" for url in (postgres.owner_url, postgres.app_url))
    with connected(owner) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        connection.execute("GRANT SELECT ON kept TO duemate_app")

    assert answer(app, "SELECT n FROM kept") == 1
    with connected(app) as connection:
        connection.execute("CREATE TEMPORARY TABLE passing (n int)")
        for refused in ("INSERT INTO kept VALUES (2)", "CREATE TABLE mine (n int)", "DROP TABLE kept"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(refused)
    postgres.drop_database("roles")


@pytest.mark.parametrize("role", ["duemate_owner", "duemate_app"])
def test_neither_role_can_step_around_row_security(postgres: RunningPostgres, role: str) -> None:
    powers = "rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication"
    assert answer(postgres.admin_url, f"SELECT {powers} FROM pg_roles WHERE rolname = '{role}'") is False


def test_nobody_gets_in_without_the_password(postgres: RunningPostgres) -> None:
    for url in (postgres.owner_url, postgres.app_url, postgres.admin_url):
        scheme, _, place = url.partition("@")
        with pytest.raises(psycopg.OperationalError, match="password"):
            connected(f"{scheme.rpartition(':')[0]}:guess@{place}")


def test_it_listens_on_loopback_only_and_has_no_socket_file(postgres: RunningPostgres) -> None:
    listening = {
        place.laddr
        for place in psutil.Process(postgres.server.pid).net_connections(kind="all")
        if place.status == psutil.CONN_LISTEN or place.family == socket.AF_UNIX
    }
    assert listening == {(LOOPBACK, postgres.port)}


def test_passwords_stand_in_private_files_only(postgres: RunningPostgres) -> None:
    secrets = [*postgres.passwords.values(), postgres.cluster.superuser_password]
    shown = repr(postgres) + " ".join(psutil.Process(postgres.server.pid).cmdline())
    for secret in secrets:
        assert secret not in shown
    for path in postgres.cluster.folder.iterdir():
        if path.is_file() and any(secret.encode() in path.read_bytes() for secret in secrets):
            assert path.stat().st_mode & 0o077 == 0, path


def test_it_sorts_and_counts_the_same_on_every_machine(postgres: RunningPostgres) -> None:
    shown = "SELECT datlocprovider::text || ' ' || datlocale FROM pg_database WHERE datname = 'duemate'"
    assert answer(postgres.app_url, shown) == "b C.UTF-8"
    assert answer(postgres.app_url, "SELECT upper('é')") == "É"
    assert answer(postgres.app_url, "SHOW timezone") == "UTC"
    assert answer(postgres.app_url, "SHOW data_checksums") == "on"


def test_a_copied_database_holds_what_its_template_holds(postgres: RunningPostgres) -> None:
    postgres.create_database("model")
    with connected(postgres.owner_url.rpartition("/")[0] + "/model") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    postgres.create_database("copied", template="model")
    assert answer(postgres.owner_url.rpartition("/")[0] + "/copied", "SELECT n FROM kept") == 7
    postgres.drop_database("copied")
    postgres.drop_database("model")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        connected(postgres.app_url.rpartition("/")[0] + "/copied")


def test_rows_do_not_show_in_the_log(postgres: RunningPostgres) -> None:
    with connected(postgres.admin_url) as connection:
        connection.execute("CREATE TEMPORARY TABLE people (email text UNIQUE)")
        connection.execute("INSERT INTO people VALUES ('anna@private.example')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO people VALUES ('anna@private.example')")
    log = postgres.cluster.log
    assert becomes_true(lambda: "duplicate key" in log.read_text())
    assert "private.example" not in log.read_text()


def test_everything_is_kept_over_a_stop_and_over_kill_9(tmp_path: Path) -> None:
    with start_postgres(folder=tmp_path) as first:
        with connected(first.owner_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        assert answer(first.owner_url, "SHOW fsync") == "on"
    with start_postgres(folder=tmp_path) as second:
        assert second.owner_url == first.owner_url
        with connected(second.owner_url) as connection:
            connection.execute("INSERT INTO kept VALUES (1001)")
        members = family(second.server.pid)
        second.server.kill()
        second.server.wait()
    with start_postgres(folder=tmp_path) as third:
        assert answer(third.owner_url, "SELECT count(*) FROM kept") == 1001
        assert becomes_true(lambda: not any(lives(pid) for pid in members))
        third.cluster.remove()


def test_kill_9_of_the_parent_leaves_no_orphan_and_loses_no_row(tmp_path: Path) -> None:
    parent = started_python(SERVES, str(tmp_path))
    assert parent.stdout is not None
    pid, url = parent.stdout.readline().split()
    with connected(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
        members = family(int(pid))

        parent.kill()
        parent.wait()
    parent.stdout.close()

    # Started again at once, while the first may still be writing.
    with start_postgres(folder=tmp_path) as second:
        assert answer(second.owner_url, "SELECT n FROM kept") == 1
        assert becomes_true(lambda: not any(lives(pid) for pid in members))
        second.cluster.remove()


def test_a_lock_file_left_by_a_dead_server_is_no_hindrance(tmp_path: Path) -> None:
    """Also when its number belongs to another program by now, as in a container started again."""
    with start_postgres(folder=tmp_path) as first:
        lock = first.cluster.files / "postmaster.pid"
        left = lock.read_text()
    lock.write_text(left.replace(left.splitlines()[0], str(os.getpid()), 1))
    with start_postgres(folder=tmp_path) as second:
        assert answer(second.app_url, "SELECT 1") == 1
        second.cluster.remove()


def test_another_port_is_taken_when_the_remembered_one_is_not_free(tmp_path: Path) -> None:
    with start_postgres(folder=tmp_path) as first:
        pass
    with socket.create_server((LOOPBACK, first.port)), start_postgres(folder=tmp_path) as second:
        assert second.port != first.port
        assert answer(second.app_url, "SELECT 1") == 1
        second.cluster.remove()


def test_a_second_server_on_the_folder_is_refused(postgres: RunningPostgres) -> None:
    with pytest.raises(FolderInUse, match="already serves another running DueMate"):
        start_postgres(folder=postgres.cluster.folder, durable=False)


def test_a_wanted_port_that_is_taken_is_refused_in_plain_words(
    postgres: RunningPostgres, tmp_path: Path
) -> None:
    with pytest.raises(EmbeddedServerError, match=f"port {postgres.port}: it is taken"):
        start_postgres(folder=tmp_path, port=postgres.port, durable=False)


def test_lost_passwords_are_told_in_plain_words(tmp_path: Path) -> None:
    with start_postgres(folder=tmp_path) as first:
        pass
    (tmp_path / "superuser.password").unlink()
    with pytest.raises(EmbeddedServerError, match="are not those of its databases"):
        start_postgres(folder=tmp_path)
    first.cluster.remove()


def test_an_interrupted_first_start_is_begun_again(tmp_path: Path) -> None:
    with start_postgres(folder=tmp_path) as first:
        place = first.cluster.files.parent
    first.cluster.files.rename(place / "draft")
    with start_postgres(folder=tmp_path) as second:
        assert answer(second.app_url, "SELECT 1") == 1
        second.cluster.remove()
    assert not (place / "draft").exists()


def test_what_is_not_durable_is_gone_after_the_stop(tmp_path: Path) -> None:
    with start_postgres(folder=tmp_path, durable=False) as server:
        files = server.cluster.files
        assert answer(server.app_url, "SHOW fsync") == "off"
    assert not files.exists()
