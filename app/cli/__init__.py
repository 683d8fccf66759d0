"""The door for operators: `duemate --help`."""

import sys
from importlib import import_module

import click
from sqlalchemy.exc import OperationalError

from app.cli.questions import catch_up, check_mirror, explain_day, preview, replay
from app.cli.services import migrate, ticker, web, worker
from app.cli.tasks import tasks
from app.kit.errors import DueMateError

_COMMANDS = (migrate, web, worker, ticker, tasks, check_mirror, explain_day, preview, replay, catch_up)


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
    except OperationalError as silent:
        said = str(silent.orig).partition("\n")[0]
        click.echo(f"The database does not answer; DATABASE_URL says where it is. {said}", err=True)
        sys.exit(1)


for _command in _COMMANDS:
    cli.add_command(_command)
