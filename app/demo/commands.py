"""`duemate run` and `duemate demo`."""

import signal
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import click
from rich.console import Console

from app.connectors.registry import LEDGERS
from app.demo.figures import Figures, as_json
from app.demo.performance import perform
from app.demo.running import PROJECT, running_product
from app.demo.site import Site
from app.demo.stage import Stage
from app.demo.tenant_view import is_empty
from app.demo.vendors import Vendors
from app.kit.errors import DueMateError
from app.supervisor import Supervisor

_WISHED_PORTS = (8400, 8401, 8402)
_ANY_PORTS = (0, 0, 0)
_BOTH = "both"
_WHICH = click.Choice([*LEDGERS, _BOTH])


@click.command()
@click.option(
    "--ledger", type=_WHICH, default=_BOTH, show_default=True, help="Where a company is connected and served."
)
@click.option(
    "--company", default="demo", show_default=True, help="demo, large, a company file or your CSV export."
)
@click.option("--seed", default=7, show_default=True, help="The same seed makes the same company.")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=PROJECT / "data", help="Where everything is kept."
)
def run(ledger: str, company: str, seed: int, folder: Path) -> None:
    """Start everything on this machine, perform the main job and the scenes, and keep serving."""
    _stop_on_sigterm()
    console = Console(highlight=False)
    with running_product(
        folder=folder, ports=_WISHED_PORTS, company=_place(company), seed=seed, say=console.print
    ) as product:
        try:
            for figures in _perform(product.site, console, ledger):
                figures.show(console)
        except DueMateError as failure:
            console.print(f"[red]The demo stopped:[/red] {failure.reason}")
        _say_where(product.site, console)
        _serve(product.supervisor)


@click.command()
@click.option("--check", is_flag=True, help="Perform it once, print the figures as one JSON line, and end.")
@click.option("--ledger", type=_WHICH, default=_BOTH, show_default=True)
@click.option("--company", default="demo", show_default=True)
@click.option("--seed", default=7, show_default=True)
def demo(check: bool, ledger: str, company: str, seed: int) -> None:
    """The main job and the scenes on the sandbox, with servers and files of its own that are gone afterwards."""
    _stop_on_sigterm()
    console = Console(stderr=True, highlight=False)
    with (
        tempfile.TemporaryDirectory(prefix="duemate-demo-") as folder,
        running_product(
            folder=Path(folder), ports=_ANY_PORTS, company=_place(company), seed=seed, say=console.print
        ) as product,
    ):
        performed = _perform(product.site, console, ledger)
        for figures in performed:
            figures.show(console)
        if not check:
            _say_where(product.site, console)
            _serve(product.supervisor)
    conclude(performed)


def conclude(performed: Sequence[Figures]) -> None:
    """Print the figures as the last line. Raises DueMateError if any is off, so that the command fails."""
    click.echo(as_json(performed))
    faults = [f"{figures.ledger}: {fault}" for figures in performed for fault in figures.faults]
    if faults:
        raise DueMateError(f"The figures are not right: {'; '.join(faults)}.")


def _perform(site: Site, console: Console, ledger: str) -> list[Figures]:
    ground = site.ground()
    began = time.monotonic()
    try:
        if not is_empty(ground):
            raise DueMateError("This database already has organisations in it; the demo leaves it alone.")
        stage = Stage(site.web_url, ground, Vendors(site.sandbox_url), console.print)
        performed = perform(stage, list(LEDGERS) if ledger == _BOTH else [ledger], with_scenes=True)
    finally:
        ground.database.close()
    for figures in performed:
        figures.seconds = round(time.monotonic() - began, 1)
    return performed


def _place(company: str) -> str:
    """A company's file by its full path, or the name of a built-in one."""
    path = Path(company)
    if path.suffix not in (".csv", ".json", ".txt", ".tsv"):
        return company
    if not path.is_file():
        raise DueMateError(f"There is no file {company}.")
    return str(path.resolve())


def _say_where(site: Site, console: Console) -> None:
    console.print()
    console.print(f"  Workspace         {site.web_url}")
    console.print(f"  What is coming    {site.web_url}/coming")
    console.print(f"  A year replayed   {site.web_url}/replay")
    console.print(f"  What is late      {site.web_url}/catch-up")
    console.print(f"  Sandbox control   {site.sandbox_url}/control/")
    console.print(f"  Inbox             {site.sandbox_url}/mail/")
    console.print(f"  Phones            {site.sandbox_url}/twilio/phones")
    console.print("\nStill serving. Ctrl-C stops everything.")


def _serve(supervisor: Supervisor) -> None:
    try:
        supervisor.wait()
    except KeyboardInterrupt:
        return


def _stop_on_sigterm() -> None:
    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
