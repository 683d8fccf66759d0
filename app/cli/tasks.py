"""Commands about durable tasks."""

from uuid import UUID

import click

from app.cli.ground import open_ground
from app.kit.errors import DueMateError
from app.models import TaskState


@click.group(invoke_without_command=True)
@click.option(
    "--state", type=click.Choice([state.value for state in TaskState if state is not TaskState.DONE])
)
@click.pass_context
def tasks(context: click.Context, state: str | None) -> None:
    """List waiting, leased and parked tasks with their reasons."""
    if context.invoked_subcommand is not None:
        return
    from app.tasks.listing import unfinished

    with open_ground(pool_size=1).database.platform() as session:
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

    ground = open_ground(pool_size=1)
    use_bell(ground.settings.redis_url.get_secret_value())
    with ground.database.platform() as session:
        found = retry(session, task_id, now=ground.clock.now())
    if not found:
        raise DueMateError("There is no waiting or parked task with this id.")
    click.echo("The task will run now.")
