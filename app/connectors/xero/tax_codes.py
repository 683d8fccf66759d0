"""The tax rates of the organisation that money spent can have (Xero-OpenAPI, TaxRate)."""

from decimal import Decimal

from msgspec import Struct, field

from app.connectors.base import TaxCode
from app.connectors.fields import clean
from app.connectors.xero.client import XeroClient
from app.connectors.xero.written import read_rows


class TaxRate(Struct):
    kind: str | None = field(name="TaxType", default=None)
    name: str | None = field(name="Name", default=None)
    status: str | None = field(name="Status", default=None)
    applies: bool | None = field(name="CanApplyToExpenses", default=None)
    percent: Decimal | None = field(name="EffectiveRate", default=None)


def tax_codes(client: XeroClient) -> list[TaxCode]:
    """Those in use. Xero's own code for no tax is left out: no code means that."""
    rows = read_rows(client.read("TaxRates").tax_rates, TaxRate, is_write=False)
    codes = [
        TaxCode(row.kind, clean(row.name, row.kind), row.percent or Decimal(0))
        for row in rows
        if row.kind and row.kind != "NONE" and row.applies and row.status == "ACTIVE"
    ]
    return sorted(codes, key=lambda code: code.name)
