"""The door for operators: `duemate --help`."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from pathlib import Path
from uuid import UUID

import click

from app.composition import load_handlers
from app.kit.errors import DueMateError
from app.kit.ground import Ground
from app.kit.log import configure_log
from app.kit.settings import Settings, load_settings
from app.models import TaskState

_PATIENCE_SECONDS = 2


class _WithLocalCommands(click.Group):
    """Loads `run` and `demo` when they are asked for: a server installation lacks the packages they need."""

    _LOCAL = ("demo", "run")

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted([*super().list_commands(context), *self._LOCAL])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in self._LOCAL:
            command: click.Command = getattr(import_module("app.demo.commands"), name)
            return command
        return super().get_command(context, name)


@click.group(cls=_WithLocalCommands)
def cli() -> None:
    """DueMate: payment reminders for Xero and QuickBooks Online."""


def main() -> None:
    """Run a command; a known error ends with its sentence, not with a traceback."""
    try:
        sys.exit(cli(standalone_mode=False))
    except click.Abort:
        sys.exit(130)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except DueMateError as failure:
        click.echo(failure.reason, err=True)
        sys.exit(1)


def _ground(*, pool_size: int = 8) -> Ground:
    settings = _configured()
    return Ground.from_settings(settings, pool_size=pool_size)


def _configured() -> Settings:
    settings = load_settings()
    configure_log(level=settings.log_level, as_json=settings.is_production)
    return settings


@cli.command()
def migrate() -> None:
    """Bring the database's tables up to date."""
    from app.kit.migrations import migrate as apply

    settings = _configured()
    apply((settings.database_owner_url or settings.database_url).get_secret_value())
    Ground.from_settings(settings, pool_size=1).database.check()
    click.echo("The tables are up to date.")


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8400, show_default=True)
@click.option("--threads", default=8, show_default=True, help="Requests served at the same time.")
def web(host: str, port: int, threads: int) -> None:
    """Serve the pages and the webhooks."""
    _configured()
    server = Path(sys.executable).with_name("granian")
    options = ["--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "1"]
    options += ["--blocking-threads", str(threads), "--no-ws", "--log-level", "warning"]
    os.execv(server, [str(server), *options, "app.web.wsgi:application"])


@cli.command()
def worker() -> None:
    """Do durable tasks until told to stop."""
    from app.tasks.serving import work

    load_handlers()
    work(_ground(pool_size=12))


@cli.command()
def ticker() -> None:
    """Start periodic work and ring for whatever is due."""
    from app.tasks.bell import use_bell
    from app.tasks.ticker import tick_until

    load_handlers()
    ground = _ground(pool_size=2)
    use_bell(ground.settings.redis_url.get_secret_value())
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    tick_until(ground, stopped)


@cli.group(invoke_without_command=True)
@click.option(
    "--state", type=click.Choice([state.value for state in TaskState if state is not TaskState.DONE])
)
@click.pass_context
def tasks(context: click.Context, state: str | None) -> None:
    """List waiting, leased and parked tasks with their reasons."""
    if context.invoked_subcommand is not None:
        return
    from app.tasks.listing import unfinished

    with _ground(pool_size=1).database.platform() as session:
        lines = unfinished(session, state=TaskState(state) if state else None)
    for line in lines:
        click.echo(
            f"{line.id}  {line.state:<8} {line.kind:<26} {line.run_at:%Y-%m-%d %H:%M:%S}Z"
            f"  tries {line.attempts}  {line.reason or ''}"
        )
    click.echo(f"{len(lines)} unfinished tasks")


@tasks.command("retry")
@click.argument("task_id", type=click.UUID)
def retry_task(task_id: UUID) -> None:
    """Let a waiting or parked task run now."""
    from app.tasks.bell import use_bell
    from app.tasks.queue import retry

    ground = _ground(pool_size=1)
    use_bell(ground.settings.redis_url.get_secret_value())
    with ground.database.platform() as session:
        found = retry(session, task_id, now=ground.clock.now())
    if not found:
        raise DueMateError("There is no waiting or parked task with this id.")
    click.echo("The task will run now.")


@cli.command("check-mirror")
def check_mirror() -> None:
    """Compare each tenant's mirror with its ledger: count and sum by status and currency."""
    from app.sync.mirror_check import compare, connected_tenants

    ground = _ground(pool_size=2)
    differing = 0
    for tenant_id in connected_tenants(ground):
        try:
            report = compare(ground, tenant_id)
        except DueMateError as failure:
            differing += 1
            click.echo(f"{tenant_id}  not compared: {failure.reason}")
            continue
        differing += not report.is_equal
        told = " ".join(line.sentence for line in report.differences)
        click.echo(f"{tenant_id}  {told or 'equal'}")
    if differing:
        raise DueMateError(f"{differing} mirrors differ from their ledger or could not be compared.")


@cli.command("explain")
@click.argument("tenant_id", type=click.UUID)
@click.argument("customer", metavar="CUSTOMER")
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), help="A day where the organisation is; today by default."
)
def explain_day(tenant_id: UUID, customer: str, day: datetime | None) -> None:
    """Why CUSTOMER (an id, or the exact name) got a reminder on a day, or did not."""
    from app.kit.clock import local_date
    from app.models import Tenant
    from app.reminders.explaining import explain, named_customer

    ground = _ground(pool_size=1)
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        tenant = session.get(Tenant, tenant_id)
        if tenant is None:
            raise DueMateError("There is no organisation with this id.")
        asked = day.date() if day else local_date(now, tenant.time_zone)
        found = explain(session, named_customer(session, customer), asked, zone=tenant.time_zone, now=now)
    for one in found:
        about = f"  ({', '.join(one.invoices)})" if one.invoices else ""
        click.echo(f"{one.state:<12} {one.sentence}{about}")


@cli.command()
@click.argument("tenant_id", type=click.UUID)
@click.option("--days", default=30, show_default=True, help="How far to look ahead.")
def preview(tenant_id: UUID, days: int) -> None:
    """List what will go out if nobody pays and nothing changes, per day and customer."""
    from app.reminders.looking_ahead import look_ahead

    ground = _ground(pool_size=1)
    with ground.database.tenant(tenant_id) as session:
        ahead = look_ahead(session, now=ground.clock.now(), days=days)
    for one in ahead:
        click.echo(
            f"{one.planned.send_on}  {one.planned.due_at:%H:%M}Z  {one.customer}  {one.planned.currency}"
            f"  {len(one.planned.covered)} invoices  {', '.join(one.planned.channels) or 'a task for a person'}"
        )
    click.echo(f"{len(ahead)} reminders in the next {days} days")


@cli.command()
@click.option("--tenant", "tenant_id", type=click.UUID, required=True, help="The organisation's id.")
@click.option("--cadence", help="Its name or id; the default one if none is named.")
@click.option("--against", help="The name or id of another one, to compare with.")
def replay(tenant_id: UUID, cadence: str | None, against: str | None) -> None:
    """Tell what a cadence would have sent over the last twelve months of the ledger's history."""
    from app.reminders.looking_ahead import today_of
    from app.reminders.replay import named_cadence, replay_history
    from app.reminders.replay_words import lines

    ground = _ground(pool_size=1)
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        today = today_of(session, now)
        found = replay_history(
            session,
            tenant_id=tenant_id,
            cadence_id=named_cadence(session, cadence),
            against=named_cadence(session, against) if against else None,
            today=today,
            now=now,
            tell=_progress(),
        )
    for line in lines(found):
        click.echo(line)


def _progress() -> Callable[[float], None]:
    """Tells a person who waits for longer than two seconds how far it is; a file or a pipe is told nothing."""
    begun, told = time.monotonic(), 0

    def tell(done: float) -> None:
        nonlocal told
        percent = int(done * 100)
        if percent > told and sys.stderr.isatty() and time.monotonic() - begun > _PATIENCE_SECONDS:
            told = percent
            click.echo(f"\r{percent} % of the past is replayed", err=True, nl=percent == 100)

    return tell


@cli.command("catch-up")
@click.argument("tenant_id", type=click.UUID)
@click.option(
    "--choose", "mode", type=click.Choice(["skip", "latest", "merge"]), help="What becomes of them."
)
def catch_up(tenant_id: UUID, mode: str | None) -> None:
    """List reminders that were due while nothing could leave, or say what becomes of them."""
    from app.models import CatchUpMode
    from app.reminders.catch_up import choose, late_reminders
    from app.reminders.looking_ahead import today_of
    from app.tasks.bell import use_bell

    ground = _ground(pool_size=1)
    use_bell(ground.settings.redis_url.get_secret_value())
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        late = late_reminders(session, today=today_of(session, now))
        if mode is not None:
            choose(session, CatchUpMode(mode), now=now)
    for one in late.reminders:
        click.echo(f"{one.reached_on}  {one.customer}  {one.currency}  {one.invoices} invoices")
    click.echo(late.sentence if mode is None else f"{late.sentence} Your choice is kept: {mode}.")


if __name__ == "__main__":
    main()
