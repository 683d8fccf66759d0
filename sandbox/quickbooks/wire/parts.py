"""What the shapes of records are made of: references, times, lines."""

from datetime import datetime
from typing import Any

from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.money import currency_name
from sandbox.quickbooks.books.records import (
    ListRecord,
    Record,
    SalesDocument,
    SalesLine,
    Settleable,
    Transaction,
)

Shape = dict[str, Any]


def written_moment(books: Books, moment: datetime) -> str:
    """A point in time in the company's own offset, to the second."""
    return moment.astimezone(books.zone).isoformat(timespec="seconds")


def reference(record: ListRecord) -> Shape:
    return {"value": record.id, "name": record.name}


def currency_reference(currency: str) -> Shape:
    return {"value": currency, "name": currency_name(currency)}


def head(books: Books, record: Record) -> Shape:
    """What every record begins with."""
    return {
        "domain": "QBO",
        "sparse": False,
        "Id": record.id,
        "SyncToken": str(record.sync_token),
        "MetaData": {
            "CreateTime": written_moment(books, record.created),
            "LastUpdatedTime": written_moment(books, record.updated),
        },
    }


def transaction_head(books: Books, record: Transaction) -> Shape:
    """What every transaction begins with. The rate is left out where there is only one currency."""
    shape = head(books, record) | {
        "TxnDate": record.dated.isoformat(),
        "CurrencyRef": currency_reference(record.currency),
    }
    if books.multicurrency:
        shape["ExchangeRate"] = record.rate
    if record.note:
        shape["PrivateNote"] = record.note
    return shape


def sales_lines(books: Books, document: SalesDocument) -> list[Shape]:
    """The lines, then the subtotal line that QuickBooks adds."""
    subtotal = document.total - document.tax
    return [
        *(_sales_line(books, place, line) for place, line in enumerate(document.lines, start=1)),
        {"Amount": subtotal, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
    ]


def _sales_line(books: Books, place: int, line: SalesLine) -> Shape:
    detail: Shape = {
        "ItemRef": reference(books.items[line.item]),
        "TaxCodeRef": {"value": "TAX" if line.taxed else "NON"},
    }
    if line.quantity is not None and line.unit_price is not None:
        detail |= {"Qty": line.quantity, "UnitPrice": line.unit_price}
    return {
        "Id": str(place),
        "LineNum": place,
        "Description": line.description,
        "Amount": line.amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
    }


def linked_payments(document: Settleable) -> list[Shape]:
    """The payments on a document, each once."""
    identities = {line.payment.id: None for line in document.settled_by}
    return [{"TxnId": identity, "TxnType": "Payment"} for identity in identities]
