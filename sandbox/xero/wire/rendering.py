"""Records as JSON bytes, kept with each record until it changes: a page of 1,000 is mostly joining."""

from typing import Any

import msgspec

from sandbox.xero.books.books import Books
from sandbox.xero.books.records import (
    Account,
    BankTransaction,
    BankTransfer,
    Contact,
    CreditNote,
    Invoice,
    Payment,
)
from sandbox.xero.books.unapplied import Overpayment, Prepayment
from sandbox.xero.wire import party_shapes, shapes, unapplied_shapes
from sandbox.xero.wire.embedded import Shape
from sandbox.xero.wire.shapes import Depth

Record = (
    Invoice
    | CreditNote
    | BankTransaction
    | BankTransfer
    | Payment
    | Contact
    | Account
    | Overpayment
    | Prepayment
)
encode = msgspec.json.Encoder(decimal_format="number").encode
NULLED = {"Reference", "EmailAddress", "FirstName", "LastName", "BankAccountDetails", "Url"}


def rendered(record: Record, depth: Depth, books: Books, *, drift: bool = False) -> msgspec.Raw:
    """A record's JSON at this depth. With `drift`, empty strings arrive as null and nothing is kept."""
    if drift:
        return msgspec.Raw(encode(_nulled(shape_of(record, depth, books))))
    kept = record.rendered.get(depth)
    if kept is None:
        kept = encode(shape_of(record, depth, books))
        # Whole answers show other records too, and would not notice when those change.
        if depth is not Depth.SINGLE:
            record.rendered[depth] = kept
    return msgspec.Raw(kept)


def warm(books: Books) -> None:
    """Render what a first sync reads, so that a large company's pages are quick from the first on."""
    read: list[Record] = [*books.invoices.values(), *books.payments.values(), *books.contacts.values()]
    for record in read:
        rendered(record, Depth.PAGED, books)


def shape_of(record: Record, depth: Depth, books: Books) -> Shape:
    match record:
        case Invoice():
            shape = shapes.invoice(record, depth)
            if depth is Depth.SINGLE:
                shape["Contact"] = party_shapes.contact(record.contact, Depth.LIGHT, books.today())
            return shape
        case CreditNote():
            return shapes.credit_note(record, depth)
        case BankTransaction():
            return shapes.bank_transaction(record, depth)
        case BankTransfer():
            return shapes.bank_transfer(record)
        case Payment():
            return shapes.payment(record, depth)
        case Overpayment() | Prepayment():
            return unapplied_shapes.unapplied(record)
        case Contact():
            return party_shapes.contact(record, depth, books.today())
        case Account():
            return party_shapes.account(record)


def _nulled(value: Any) -> Any:
    if isinstance(value, list):
        return [_nulled(part) for part in value]
    if isinstance(value, dict):
        return {k: None if k in NULLED and v == "" else _nulled(v) for k, v in value.items()}
    return value
