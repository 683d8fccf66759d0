"""Commands that ask and tell: what will go out, what has, why, and whether the mirror is true."""

import sys
import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import click

from app.cli.ground import open_ground
from app.kit.errors import DueMateError

_PATIENCE_SECONDS = 2


@click.command("check-mirror")
def check_mirror() -> None:
    """Compare each tenant's mirror with its ledger: count and sum by status and currency."""
    from app.sync.mirror_check import compare, connected_tenants

    ground = open_ground(pool_size=2)
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


@click.command("explain")
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

    ground = open_ground(pool_size=1)
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


@click.command()
@click.argument("tenant_id", type=click.UUID)
@click.option("--days", default=30, show_default=True, help="How far to look ahead.")
def preview(tenant_id: UUID, days: int) -> None:
    """List what will go out if nobody pays and nothing changes, per day and customer."""
    from app.reminders.looking_ahead import look_ahead

    ground = open_ground(pool_size=1)
    with ground.database.tenant(tenant_id) as session:
        ahead = look_ahead(session, now=ground.clock.now(), days=days)
    for one in ahead:
        click.echo(
            f"{one.planned.send_on}  {one.planned.due_at:%H:%M}Z  {one.customer}  {one.planned.currency}"
            f"  {len(one.planned.covered)} invoices  {', '.join(one.planned.channels) or 'a task for a person'}"
        )
    click.echo(f"{len(ahead)} reminders in the next {days} days")


@click.command()
@click.option("--tenant", "tenant_id", type=click.UUID, required=True, help="The organisation's id.")
@click.option("--cadence", help="Its name or id; the default one if none is named.")
@click.option("--against", help="The name or id of another one, to compare with.")
def replay(tenant_id: UUID, cadence: str | None, against: str | None) -> None:
    """Tell what a cadence would have sent over the last twelve months of the ledger's history."""
    from app.reminders.looking_ahead import today_of
    from app.reminders.replay import named_cadence, replay_history
    from app.reminders.replay_words import lines

    ground = open_ground(pool_size=1)
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


@click.command("catch-up")
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

    ground = open_ground(pool_size=1)
    use_bell(ground.settings.redis_url.get_secret_value())
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        late = late_reminders(session, today=today_of(session, now))
        if mode is not None:
            choose(session, CatchUpMode(mode), now=now)
    for one in late.reminders:
        click.echo(f"{one.reached_on}  {one.customer}  {one.currency}  {one.invoices} invoices")
    click.echo(late.sentence if mode is None else f"{late.sentence} Your choice is kept: {mode}.")
