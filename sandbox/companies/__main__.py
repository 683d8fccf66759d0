"""`python -m sandbox.companies`: write an invented company to a file, or check a file before using it."""

import sys
from datetime import UTC, date, datetime

import click

from sandbox.companies.company import Company
from sandbox.companies.errors import UnusableCompanyError
from sandbox.companies.files import dumped
from sandbox.companies.generator import generate
from sandbox.companies.loading import HOMES, load_company


@click.group()
def main() -> None:
    """Companies for the sandbox."""


@main.command("generate")
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same company.")
@click.option("--invoices", default=400, show_default=True, type=click.IntRange(1, 200_000))
@click.option("--customers", default=None, type=click.IntRange(1, 20_000), help="A tenth of the invoices.")
@click.option("--country", default="GB", show_default=True, type=click.Choice(list(HOMES)))
def generate_command(seed: int, invoices: int, customers: int | None, country: str) -> None:
    """Write an invented company as JSON to standard output."""
    home = HOMES[country]
    company = generate(seed=seed, today=_today(), invoices=invoices, customers=customers, home=home)
    sys.stdout.buffer.write(dumped(company))


@main.command()
@click.argument("path")
def check(path: str) -> None:
    """Say what a company file (.json or .csv) holds, or everything that is wrong with it."""
    try:
        company = load_company(path, seed=0, today=_today())
    except UnusableCompanyError as error:
        click.echo(f"{path} cannot be used:", err=True)
        for problem in error.problems:
            click.echo(f"  {problem}", err=True)
        sys.exit(1)
    click.echo(_summary(company))


def _today() -> date:
    return datetime.now(UTC).date()


def _summary(company: Company) -> str:
    currencies = sorted({invoice.currency for invoice in company.invoices})
    return (
        f"{company.name}: {len(company.contacts)} contacts, {len(company.invoices)} invoices, "
        f"{len(company.credit_notes)} credit notes, in {', '.join(currencies)}"
    )


if __name__ == "__main__":
    main()
