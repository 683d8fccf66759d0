"""Records as JSON bytes, kept with each record until it changes: a page of 1,000 is mostly joining."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec

from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.records import Record, Tombstone
from sandbox.quickbooks.wire import list_shapes, money_shapes, sales_shapes
from sandbox.quickbooks.wire.parts import Shape, written_moment

encode = msgspec.json.Encoder(decimal_format="number").encode
SHAPES: Mapping[str, Callable[[Books, Any], Shape]] = {
    "Customer": list_shapes.customer,
    "Vendor": list_shapes.vendor,
    "Account": list_shapes.account,
    "Item": list_shapes.item,
    "Invoice": sales_shapes.invoice,
    "CreditMemo": sales_shapes.credit_memo,
    "RefundReceipt": sales_shapes.refund_receipt,
    "Payment": sales_shapes.payment,
    "Purchase": money_shapes.purchase,
    "Deposit": money_shapes.deposit,
    "Transfer": money_shapes.transfer,
}
FIRST_READ = ("Customer", "Invoice", "CreditMemo", "Payment")


def shape_of(books: Books, record: Record) -> Shape:
    return SHAPES[record.entity](books, record)


def rendered(books: Books, record: Record) -> msgspec.Raw:
    """A whole record's JSON."""
    if record.rendered is None:
        record.rendered = encode(shape_of(books, record))
    return msgspec.Raw(record.rendered)


def narrowed(books: Books, record: Record, fields: Collection[str]) -> Shape:
    """Only some fields of a record, by their top-level names. It says of itself that it is sparse."""
    shape = {name: value for name, value in shape_of(books, record).items() if name in fields}
    return {"domain": "QBO", "sparse": True} | shape


def tombstone(books: Books, stone: Tombstone) -> Shape:
    """What the change data capture says of a deleted record."""
    moment = written_moment(books, stone.updated)
    return {"domain": "QBO", "status": "Deleted", "Id": stone.id, "MetaData": {"LastUpdatedTime": moment}}


def warm(books: Books) -> None:
    """Render what a first sync reads, so that a large company's pages are quick from the first on."""
    for entity in FIRST_READ:
        for record in books.all_of(entity).values():
            rendered(books, record)
