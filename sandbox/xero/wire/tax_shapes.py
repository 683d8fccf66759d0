"""The shapes of the tax rates of a British organisation (names as Xero's own; assumed to be all in use but one)."""

from decimal import Decimal

from sandbox.companies.amounts import TAX_RATES
from sandbox.xero.wire.embedded import Shape

# Names, whether money spent can have them, and the parts where there are several.
_NAMES: dict[str, tuple[str, bool]] = {
    "NONE": ("No VAT", True),
    "INPUT2": ("20% (VAT on Expenses)", True),
    "RRINPUT": ("5% (VAT on Expenses)", True),
    "ZERORATEDINPUT": ("Zero Rated Expenses", True),
    "EXEMPTEXPENSES": ("Exempt Expenses", True),
    "REVERSECHARGES": ("Reverse Charge Expenses (20%)", True),
    "OUTPUT2": ("20% (VAT on Income)", False),
    "RROUTPUT": ("5% (VAT on Income)", False),
    "ZERORATEDOUTPUT": ("Zero Rated Income", False),
    "EXEMPTOUTPUT": ("Exempt Income", False),
    "ECZROUTPUTSERVICES": ("Zero Rated EC Services", False),
}
_PARTS = {"REVERSECHARGES": (Decimal(20), Decimal(-20))}


def tax_rates() -> list[Shape]:
    """Every rate, and one that is not in use any more."""
    shapes = [_shape(kind, rate * 100) for kind, rate in TAX_RATES.items()]
    return [*shapes, _shape("INPUT2", Decimal("17.5")) | {"TaxType": "INPUT", "Status": "ARCHIVED"}]


def _shape(kind: str, percent: Decimal) -> Shape:
    name, is_for_costs = _NAMES[kind]
    parts = _PARTS.get(kind, (percent,))
    return {
        "Name": name,
        "TaxType": kind,
        "Status": "ACTIVE",
        "CanApplyToExpenses": is_for_costs,
        "CanApplyToRevenue": not is_for_costs,
        "DisplayTaxRate": max(parts),
        "EffectiveRate": percent,
        "TaxComponents": [
            {"Name": "VAT", "Rate": part, "IsCompound": False, "IsNonRecoverable": False} for part in parts
        ],
    }
