"""Starts the whole product with its sandbox on this machine, step by step, each with its line."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import redis
from requests import RequestException

from app.demo.figures import Say
from app.demo.keeping import Kept
from app.demo.site import LOOPBACK, Site, make_site
from app.kit.database import Database
from app.kit.embedded.postgres import RunningPostgres, start_postgres
from app.kit.embedded.redis import RunningRedis, start_redis
from app.kit.errors import DueMateError
from app.kit.http import new_session
from app.kit.migrations import migrate
from app.supervisor import Program, Supervisor

PROJECT = Path(__file__).resolve().parents[2]
_DATABASE = "duemate"
_Made = TypeVar("_Made")


@dataclass(frozen=True)
class RunningProduct:
    """Everything that runs. A server is None where the user brought one of their own."""

    site: Site
    supervisor: Supervisor
    postgres: Kept[RunningPostgres] | None
    redis: Kept[RunningRedis] | None


@contextmanager
def running_product(
    *, folder: Path, ports: tuple[int, int, int], company: str, seed: int, say: Say
) -> Iterator[RunningProduct]:
    """Everything up and answering; on leaving everything is stopped, whatever happened inside.

    The embedded servers' database and keys begin empty each time, because the sandbox does; servers of the user's
    own (DATABASE_URL, REDIS_URL) are left as they are.
    """
    _open_folder(folder)
    with ExitStack() as servers:
        postgres = _step(say, "PostgreSQL", lambda: _keep_postgres(folder, servers, say))
        bell = _step(say, "Redis", lambda: _keep_redis(folder, servers, say))
        (folder / "clock").unlink(missing_ok=True)
        site = make_site(folder=folder, ports=ports, **_addresses(postgres, bell))
        _step(say, "tables", lambda: _prepare_tables(site))
        with Supervisor(
            _programs(site, company, seed), log_folder=folder / "logs", say=say, directory=PROJECT
        ) as supervisor:
            yield RunningProduct(site, supervisor, postgres, bell)


def _open_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # What is private inside has its own mode; PostgreSQL's account only has to get through.
        folder.chmod(0o711)
    except OSError as refused:
        raise DueMateError(
            f"Nothing can be kept in {folder}: {refused.strerror}. Name another --folder."
        ) from None


def _step(say: Say, what: str, start: Callable[[], _Made]) -> _Made:
    began = time.monotonic()
    made = start()
    say(f"{what} ready in {time.monotonic() - began:.1f} s")
    return made


def _prepare_tables(site: Site) -> None:
    migrate(site.environment["DATABASE_OWNER_URL"])
    database = Database(site.environment["DATABASE_URL"], pool_size=1)
    try:
        database.check()
    finally:
        database.close()


def _keep_postgres(folder: Path, servers: ExitStack, say: Say) -> Kept[RunningPostgres] | None:
    if "DATABASE_URL" in os.environ:
        return None
    kept = Kept(
        "PostgreSQL", lambda port: start_postgres(folder=folder / "postgres", port=port, say=say), say
    )
    servers.enter_context(kept)
    kept.running.drop_database(_DATABASE)
    kept.running.create_database(_DATABASE)
    return kept


def _keep_redis(folder: Path, servers: ExitStack, say: Say) -> Kept[RunningRedis] | None:
    if "REDIS_URL" in os.environ:
        return None
    kept = Kept("Redis", lambda port: start_redis(folder=folder / "redis", port=port), say)
    servers.enter_context(kept)
    redis.Redis.from_url(kept.running.url, socket_timeout=5).flushall()
    return kept


def _addresses(postgres: Kept[RunningPostgres] | None, bell: Kept[RunningRedis] | None) -> dict[str, str]:
    own = os.environ
    return {
        "database_url": postgres.running.app_url if postgres else own["DATABASE_URL"],
        "owner_url": postgres.running.owner_url
        if postgres
        else own.get("DATABASE_OWNER_URL", own["DATABASE_URL"]),
        "redis_url": bell.running.url if bell else own["REDIS_URL"],
    }


def _programs(site: Site, company: str, seed: int) -> list[Program]:
    environment = {**os.environ, **site.environment, "PYTHONPATH": str(PROJECT)}
    python = [sys.executable, "-m"]
    sandbox = [*python, "sandbox", "--port", str(site.sandbox_port), "--smtp-port", str(site.smtp_port)]
    sandbox += ["--company", company, "--seed", str(seed), "--clock-file", str(site.clock_file)]
    web = [*python, "app.cli", "web", "--host", LOOPBACK, "--port", str(site.web_port)]
    return [
        Program("sandbox", sandbox, environment, ready=_answers(f"{site.sandbox_url}/healthz")),
        Program("web", web, environment, ready=_answers(f"{site.web_url}/healthz")),
        Program("worker", [*python, "app.cli", "worker"], environment, ready=None),
        Program("ticker", [*python, "app.cli", "ticker"], environment, ready=None),
    ]


def _answers(address: str) -> Callable[[], bool]:
    def ask() -> bool:
        try:
            with new_session(connect_timeout=1, read_timeout=2) as session:
                return session.get(address).ok
        except RequestException:
            return False

    return ask
