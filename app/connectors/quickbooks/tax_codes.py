"""The tax codes that money spent can have, and what they make of a gross amount.

A code has rates of its own for purchases (developer.intuit.com, TaxCode: PurchaseTaxRateList). Companies in the US
reckon no tax on what they buy: their two codes TAX and NON have no such rates.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

import msgspec
from msgspec import Struct

from app.connectors.base import TaxCode
from app.connectors.fields import clean
from app.connectors.quickbooks import wire
from app.connectors.quickbooks.asking import asked
from app.connectors.quickbooks.booking_rows import read
from app.connectors.quickbooks.client import QuickBooksClient
from app.kit.errors import Rejected

# QuickBooks keeps two decimals whatever the currency.
_CENT = Decimal("0.01")
_QUERIES = ("select * from TaxCode maxresults 1000", "select * from TaxRate maxresults 1000")
_ON_AMOUNT = "TaxOnAmount"
_GONE = (
    "The tax code chosen for card fees is no longer in QuickBooks. Choose another one in Settings, Booking."
)


class RateOfCode(Struct):
    rate: wire.Reference | None = msgspec.field(name="TaxRateRef", default=None)
    applies_to: str | None = msgspec.field(name="TaxTypeApplicable", default=None)


class RatesOfCode(Struct):
    rates: list[RateOfCode] | None = msgspec.field(name="TaxRateDetail", default=None)


class Code(wire.Row):
    name: str | None = msgspec.field(name="Name", default=None)
    is_active: bool | None = msgspec.field(name="Active", default=None)
    purchases: RatesOfCode | None = msgspec.field(name="PurchaseTaxRateList", default=None)


class Rate(wire.Row):
    percent: Decimal | None = msgspec.field(name="RateValue", default=None)


def tax_codes(client: QuickBooksClient) -> list[TaxCode]:
    """Those in use that have a rate for purchases. Under reverse charge two rates cancel each other out."""
    codes, rates = asked(client, _QUERIES)
    told = [read(raw, Rate, is_write=False) for raw in rates.of("TaxRate")]
    percents = {rate.id: rate.percent for rate in told}
    found = [_code(read(raw, Code, is_write=False), percents) for raw in codes.of("TaxCode")]
    return sorted((code for code in found if code is not None), key=lambda code: code.name)


def percent_of(client: QuickBooksClient, code: str) -> Decimal:
    """The per cents of a code right now. Raises Rejected if it is gone."""
    for known in tax_codes(client):
        if known.code == code:
            return known.percent
    raise Rejected(_GONE)


def net_of(gross: Decimal, percent: Decimal) -> Decimal:
    """What is left of a gross amount without its tax, to the cent. Pure."""
    return (gross / (1 + percent / 100)).quantize(_CENT, ROUND_HALF_UP)


def _code(row: Code, percents: Mapping[str | None, Decimal | None]) -> TaxCode | None:
    """None for a code that is not for purchases, or has a tax upon another tax."""
    details: Sequence[RateOfCode] = (row.purchases.rates if row.purchases else None) or ()
    plain = [detail.rate.id for detail in details if detail.rate and detail.applies_to == _ON_AMOUNT]
    rates = [percent for rate in plain if (percent := percents.get(rate)) is not None]
    if not row.id or row.is_active is False or not rates or len(rates) != len(details):
        return None
    return TaxCode(row.id, clean(row.name, row.id), sum(rates, Decimal(0)))
