"""The shapes of tax codes and tax rates."""

from decimal import Decimal

from sandbox.quickbooks.books import taxes
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.wire.parts import Shape, written_moment


def tax_codes(books: Books) -> list[Shape]:
    """Every code in use."""
    return [_code(books, code) for code in taxes.codes(books) if code.active]


def tax_rates(books: Books) -> list[Shape]:
    """Every rate."""
    return [_rate(books, identity, *rate) for identity, rate in taxes.rates(books).items()]


def _code(books: Books, code: taxes.TaxCode) -> Shape:
    shape = _head(books, code.id) | {
        "Name": code.name,
        "Description": code.description,
        "Active": code.active,
        "Taxable": True,
        "TaxGroup": bool(code.purchase_rates),
    }
    if books.country == "US":
        return shape
    details = [
        {
            "TaxRateRef": {"value": rate, "name": taxes.RATES[rate][0]},
            "TaxTypeApplicable": "TaxOnAmount",
            "TaxOrder": 0,
        }
        for rate in code.purchase_rates
    ]
    return shape | {
        "SalesTaxRateList": {"TaxRateDetail": []},
        "PurchaseTaxRateList": {"TaxRateDetail": details},
    }


def _rate(books: Books, identity: str, name: str, percent: Decimal) -> Shape:
    return _head(books, identity) | {"Name": name, "Active": True, "RateValue": percent}


def _head(books: Books, identity: str) -> Shape:
    created = written_moment(books, books.created)
    return {
        "domain": "QBO",
        "sparse": False,
        "Id": identity,
        "SyncToken": "0",
        "MetaData": {"CreateTime": created, "LastUpdatedTime": created},
    }
