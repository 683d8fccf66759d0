"""Commands that set up the tables and serve until they are told to stop."""

import os
import signal
import sys
import threading
from pathlib import Path

import click

from app.cli.ground import configured, open_ground
from app.composition import load_handlers
from app.kit.ground import Ground


@click.command()
def migrate() -> None:
    """Bring the database's tables up to date."""
    from app.kit.migrations import migrate as apply

    settings = configured()
    apply((settings.database_owner_url or settings.database_url).get_secret_value())
    Ground.from_settings(settings, pool_size=1).database.check()
    click.echo("The tables are up to date.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8400, show_default=True)
@click.option("--threads", default=8, show_default=True, help="Requests served at the same time.")
def web(host: str, port: int, threads: int) -> None:
    """Serve the pages and the webhooks."""
    configured()
    server = Path(sys.executable).with_name("granian")
    options = ["--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "1"]
    options += ["--blocking-threads", str(threads), "--no-ws", "--log-level", "warning"]
    os.execv(server, [str(server), *options, "app.web.wsgi:application"])


@click.command()
def worker() -> None:
    """Do durable tasks until told to stop."""
    from app.tasks.serving import work

    load_handlers()
    work(open_ground(pool_size=12))


@click.command()
def ticker() -> None:
    """Start periodic work and ring for whatever is due."""
    from app.tasks.bell import use_bell
    from app.tasks.listeners import start_listeners
    from app.tasks.ticker import tick_until

    load_handlers()
    ground = open_ground(pool_size=3)
    use_bell(ground.settings.redis_url.get_secret_value())
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    start_listeners(ground, stopped)
    tick_until(ground, stopped)
