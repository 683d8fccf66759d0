"""The files of one PostgreSQL: where they are, how they are first made, and what the server is told."""

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from app.kit.embedded.account import Account, give, is_reachable, server_account
from app.kit.embedded.errors import EmbeddedServerError
from app.kit.embedded.folder import remembered_password, write_private
from app.kit.embedded.ports import LOOPBACK
from app.kit.embedded.postgres_programs import PostgresPrograms, programs_for
from app.kit.embedded.shelter import leave_shelter, shelter_for

INITDB_WITHIN_SECONDS = 120

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Error details and statements carry the rows' values: they stay out of the log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Cluster:
    """`folder` is the caller's (passwords, port, log); `files` holds the database itself."""

    folder: Path
    files: Path
    account: Account | None
    programs: PostgresPrograms
    superuser_password: str = field(repr=False)

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def is_sheltered(self) -> bool:
        """Whether the files had to be put outside of the caller's folder."""
        return not self.files.is_relative_to(self.folder)

    def remove(self) -> None:
        """Remove the databases for good."""
        shutil.rmtree(self.files, ignore_errors=True)
        if self.is_sheltered:
            leave_shelter(self.files.parent.parent)

    def serving(self, port: int, *, durable: bool) -> list[str]:
        """The command that serves it."""
        settings = {**_SETTINGS, "port": str(port), **({} if durable else _NOT_DURABLE)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [self.programs.command("postgres"), "-D", str(self.files), *options]


def prepared_cluster(folder: Path, *, durable: bool) -> Cluster:
    """The cluster of this folder, made on first use. Raises EmbeddedServerError if it cannot be."""
    account = server_account()
    is_new = not any(folder.glob("*.password"))
    cluster = Cluster(
        folder=folder,
        files=_place(folder, account, "projects" if durable else "passing") / "cluster",
        account=account,
        programs=programs_for(account),
        superuser_password=remembered_password(folder / "superuser.password"),
    )
    if is_new:
        # Whoever removes the folder means the databases, too, where they had to be put outside of it.
        shutil.rmtree(cluster.files, ignore_errors=True)
    if not cluster.files.exists():
        _make(cluster)
    return cluster


def _place(folder: Path, account: Account | None, kind: str) -> Path:
    """A folder that the account owns: in the caller's, or outside when the account cannot reach that one."""
    if account is None:
        return folder
    folder.chmod(0o711)
    place = (folder if is_reachable(folder) else shelter_for(folder, kind)) / "private"
    give(place, account)
    return place


def _make(cluster: Cluster) -> None:
    draft = cluster.files.with_name("draft")
    shutil.rmtree(draft, ignore_errors=True)
    words = cluster.files.with_name("first-password")
    write_private(words, cluster.superuser_password)
    command = [cluster.programs.command("initdb"), "-D", str(draft), "-U", "postgres", f"--pwfile={words}"]
    command += ["--auth=scram-sha-256", "--data-checksums", "--no-sync", "--encoding=UTF8", "--locale=C"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
    try:
        if cluster.account is not None:
            shutil.chown(words, cluster.account.uid, cluster.account.gid)
        _run_initdb(command, cluster)
    finally:
        words.unlink()
    draft.rename(cluster.files)


def _run_initdb(command: list[str], cluster: Cluster) -> None:
    account = cluster.account
    ran = subprocess.run(
        command,
        cwd=cluster.files.parent,
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
        extra_groups=None if account is None else [],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=INITDB_WITHIN_SECONDS,
        check=False,
    )
    if ran.returncode != 0:
        raise EmbeddedServerError(
            f"PostgreSQL could not make its files in {cluster.files}: {ran.stderr.strip()}"
        )
