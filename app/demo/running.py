"""Starts the whole product with its sandbox on this machine, step by step, each with its line."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

import redis
from requests import RequestException

from app.demo.figures import Say
from app.demo.keeping import Kept
from app.demo.site import LOOPBACK, Site, make_site
from app.kit.embedded.postgres import start_postgres
from app.kit.embedded.redis import start_redis
from app.kit.http import new_session
from app.kit.migrations import migrate
from app.supervisor import Program, Supervisor

PROJECT = Path(__file__).resolve().parents[2]
_DATABASE = "duemate"
_Made = TypeVar("_Made")


@contextmanager
def running_product(
    *, folder: Path, ports: tuple[int, int, int], company: str, seed: int, say: Say
) -> Iterator[tuple[Site, Supervisor]]:
    """Everything up and answering; on leaving everything is stopped, whatever happened inside.

    The embedded servers' database and keys begin empty each time, because the sandbox does; servers of the user's
    own (DATABASE_URL, REDIS_URL) are left as they are.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as servers:
        database_url, owner_url = _step(say, "PostgreSQL", lambda: _database(folder, servers, say))
        redis_url = _step(say, "Redis", lambda: _bell(folder, servers, say))
        (folder / "clock").unlink(missing_ok=True)
        site = make_site(
            folder=folder, ports=ports, database_url=database_url, owner_url=owner_url, redis_url=redis_url
        )
        _step(say, "tables", lambda: migrate(owner_url))
        with Supervisor(
            _programs(site, company, seed), log_folder=folder / "logs", say=say, directory=PROJECT
        ) as supervisor:
            yield site, supervisor


def _step(say: Say, what: str, start: Callable[[], _Made]) -> _Made:
    began = time.monotonic()
    made = start()
    say(f"{what} ready in {time.monotonic() - began:.1f} s")
    return made


def _database(folder: Path, servers: ExitStack, say: Say) -> tuple[str, str]:
    own = os.environ.get("DATABASE_URL")
    if own:
        return own, os.environ.get("DATABASE_OWNER_URL", own)
    kept = Kept("PostgreSQL", lambda port: start_postgres(folder=folder / "postgres", port=port), say)
    server = servers.enter_context(kept).running
    server.drop_database(_DATABASE)
    server.create_database(_DATABASE)
    return server.app_url, server.owner_url


def _bell(folder: Path, servers: ExitStack, say: Say) -> str:
    own = os.environ.get("REDIS_URL")
    if own:
        return own
    kept = Kept("Redis", lambda port: start_redis(folder=folder / "redis", port=port), say)
    server = servers.enter_context(kept).running
    redis.Redis.from_url(server.url, socket_timeout=5).flushall()
    return server.url


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
