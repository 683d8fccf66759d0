"""A company that sells in currencies of no, two and three digits after the point."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import msgspec

from sandbox.companies.american import AMERICAN
from sandbox.companies.company import Account, Company, Contact, Invoice, Line
from sandbox.companies.files import save
from tests.sandbox.client import SandboxClient

# An invoice's amount, and units of the currency per dollar.
CURRENCIES = {
    "JPY": (Decimal(184_500), Decimal("155.2")),
    "EUR": (Decimal("1640.55"), Decimal("0.86")),
    "KWD": (Decimal("481.250"), Decimal("0.307")),
}
_INVOICES = 8


def open_worldly(sandbox: SandboxClient, folder: Path) -> None:
    """The sandbox starts over with it."""
    today = sandbox.now().date()
    invoices = tuple(
        Invoice(
            number=f"{currency}-{number}",
            contact=_customer(currency),
            issued=today - timedelta(days=40),
            due=today - timedelta(days=10),
            currency=currency,
            rate=rate,
            lines=(Line(description="Timber", unit_amount=amount, account="Services"),),
        )
        for currency, (amount, rate) in CURRENCIES.items()
        for number in range(_INVOICES)
    )
    company = Company(
        name=AMERICAN.name,
        country="US",
        base_currency="USD",
        timezone="America/New_York",
        users=AMERICAN.users,
        accounts=(*AMERICAN.chart, *_accounts()),
        contacts=tuple(Contact(name=_customer(currency), currency=currency) for currency in CURRENCIES),
        invoices=invoices,
    )
    save(msgspec.structs.replace(company, as_of=today), folder / "worldly.json")
    sandbox.reset(company=str(folder / "worldly.json"))


def _customer(currency: str) -> str:
    return f"Customer in {currency}"


def _accounts() -> list[Account]:
    """What somebody enters by hand goes to the first account of its currency."""
    return [
        Account(code="", name=f"{what} ({currency})", type="BANK", currency=currency)
        for currency in CURRENCIES
        if currency != "EUR"
        for what in ("Checking", "Stripe clearing")
    ]
