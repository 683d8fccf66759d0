"""What the lines of a document add up to."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from sandbox.companies.company import Line

CENT = Decimal("0.01")
TAX_RATES = {
    "OUTPUT2": Decimal("0.20"),
    "INPUT2": Decimal("0.20"),
    "RROUTPUT": Decimal("0.05"),
    "RRINPUT": Decimal("0.05"),
    "ZERORATEDOUTPUT": Decimal(0),
    "ZERORATEDINPUT": Decimal(0),
    "EXEMPTOUTPUT": Decimal(0),
    "EXEMPTEXPENSES": Decimal(0),
    "ECZROUTPUTSERVICES": Decimal(0),
    "NONE": Decimal(0),
}


def rounded(amount: Decimal) -> Decimal:
    """To the cent, half up: both ledgers keep two decimals whatever the currency."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def net(line: Line) -> Decimal:
    return rounded(line.unit_amount * line.quantity)


def tax(line: Line) -> Decimal:
    """Tax is rounded line by line, as Xero does."""
    return rounded(net(line) * TAX_RATES[line.tax_type])


def total(lines: Iterable[Line]) -> Decimal:
    return sum((net(line) + tax(line) for line in lines), Decimal("0.00"))
