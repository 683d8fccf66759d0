"""What the lines of a document add up to."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from sandbox.companies.company import Line

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
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
    "REVERSECHARGES": Decimal(0),
    "NONE": Decimal(0),
}


def rounded(amount: Decimal) -> Decimal:
    """To the cent, half up: both ledgers keep two decimals whatever the currency."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def line_amount(line: Line) -> Decimal:
    return rounded(line.unit_amount * line.quantity)


def tax(line: Line, line_amount_types: str = "Exclusive") -> Decimal:
    """The tax on top of (Exclusive) or inside (Inclusive) a line, rounded line by line as Xero does."""
    rate = TAX_RATES[line.tax_type]
    match line_amount_types:
        case "Exclusive":
            return rounded(line_amount(line) * rate)
        case "Inclusive":
            return rounded(line_amount(line) * rate / (1 + rate))
        case _:
            return ZERO


def total(lines: Iterable[Line]) -> Decimal:
    """What a document with these lines (before tax) comes to."""
    return sum((line_amount(line) + tax(line) for line in lines), ZERO)
