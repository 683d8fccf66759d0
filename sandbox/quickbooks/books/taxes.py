"""Tax codes: a US company has its two pseudo codes without rates; every other one has those of the United Kingdom.

The codes and rates are assumed to look like those of a new British company. Under reverse charge a purchase has two
rates that cancel each other out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sandbox.quickbooks.books.books import Books

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class TaxCode:
    """A code with the ids of its rates for purchases."""

    id: str
    name: str
    description: str
    purchase_rates: tuple[str, ...] = ()
    active: bool = True


RATES: Mapping[str, tuple[str, Decimal]] = {
    "3": ("SP-20.0", Decimal(20)),
    "5": ("SP-5.0", Decimal(5)),
    "7": ("SP-0.0", Decimal(0)),
    "9": ("RCSP-20.0", Decimal(20)),
    "10": ("RCSO-20.0", Decimal(-20)),
}
_AMERICAN = (TaxCode("TAX", "TAX", "TAX"), TaxCode("NON", "NON", "NON"))
_BRITISH = (
    TaxCode("2", "20.0% S", "Standard", ("3",)),
    TaxCode("3", "5.0% R", "Reduced", ("5",)),
    TaxCode("4", "Exempt", "Exempt", ("7",)),
    TaxCode("5", "20.0% RC SG", "Reverse charge", ("9", "10")),
    TaxCode("6", "No VAT", "Sales only"),
    TaxCode("7", "17.5% S", "Standard until 2011", ("3",), active=False),
)


def codes(books: Books) -> tuple[TaxCode, ...]:
    """The codes of a company."""
    return _AMERICAN if books.country == "US" else _BRITISH


def rates(books: Books) -> Mapping[str, tuple[str, Decimal]]:
    """Name and per cents of each rate by its id."""
    return {} if books.country == "US" else RATES


def purchase_tax(books: Books, code: str, net: Decimal) -> Decimal | None:
    """The tax on top of a net amount, rate by rate to the cent; None if no purchase can have this code."""
    found = next((known for known in codes(books) if known.id == code and known.active), None)
    if found is None or not found.purchase_rates:
        return None
    taxes = (net * RATES[rate][1] / 100 for rate in found.purchase_rates)
    return sum((tax.quantize(_CENT, ROUND_HALF_UP) for tax in taxes), Decimal("0.00"))
