"""Rows that only booking reads, and how the rows of an answer are read. Unknown fields are ignored, as in `wire`."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

import msgspec
from msgspec import Raw, Struct

from app.connectors.base import BookedEntry
from app.connectors.fields import Senseless, read_row
from app.connectors.quickbooks import wire
from app.connectors.quickbooks.answers import unanswered
from app.connectors.quickbooks.asking import asked
from app.connectors.quickbooks.bodies import Rows
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.quoting import quoted
from app.kit.errors import Rejected

_T = TypeVar("_T")
_PAGE = 1000


class Vendor(wire.Row):
    name: str | None = msgspec.field(name="DisplayName", default=None)


class Item(wire.Row):
    """Something that is sold; what is sold of it is booked to its account of income."""

    name: str | None = msgspec.field(name="Name", default=None)
    income: wire.Reference | None = msgspec.field(name="IncomeAccountRef", default=None)


class Purchase(wire.Row):
    total: Decimal | None = msgspec.field(name="TotalAmt", default=None)
    dated: str | None = msgspec.field(name="TxnDate", default=None)


class DepositLine(Struct):
    amount: Decimal | None = msgspec.field(name="Amount", default=None)
    linked: list[wire.Linked] | None = msgspec.field(name="LinkedTxn", default=None)


class Deposit(wire.Row):
    total: Decimal | None = msgspec.field(name="TotalAmt", default=None)
    dated: str | None = msgspec.field(name="TxnDate", default=None)
    note: str | None = msgspec.field(name="PrivateNote", default=None)
    lines: list[DepositLine] | None = msgspec.field(name="Line", default=None)


class Transfer(wire.Row):
    total: Decimal | None = msgspec.field(name="Amount", default=None)
    dated: str | None = msgspec.field(name="TxnDate", default=None)
    note: str | None = msgspec.field(name="PrivateNote", default=None)


Noted = TypeVar("Noted", Deposit, Transfer)


def read(raw: Raw, kind: type[_T], *, is_write: bool) -> _T:
    """One row. Raises Retryable, or OutcomeUnknown for the answer to a write, if it makes no sense."""
    try:
        return read_row(raw, kind)
    except Senseless:
        raise unanswered(is_write=is_write) from None


def found(rows: Rows, kind: type[_T]) -> list[_T]:
    """The rows that a query found; the struct is named as QuickBooks names the entity."""
    return [read(raw, kind, is_write=False) for raw in rows.of(kind.__name__)]


def only_living(rows: Sequence[wire.Payment | Purchase], what: str, reference: str) -> BookedEntry | None:
    """The one entry under a reference. A voided one keeps its reference, but no amount.

    Raises Rejected if there are several: somebody has copied ours, and which one counts is not for us to say.
    """
    living = [BookedEntry(row.id, row.total, arrived(row)) for row in rows if row.id and row.total]
    if len(living) > 1:
        raise Rejected(
            f"QuickBooks has {len(living)} {what}s with the reference {reference}, but there must be only one. "
            "Delete all but one of them in QuickBooks, then press Try again."
        )
    return next(iter(living), None)


def arrived(row: wire.Payment | Purchase) -> Decimal | None:
    """What a payment is in the home currency; None where only one currency is kept, and for what is spent."""
    if not isinstance(row, wire.Payment) or row.total is None or row.rate is None:
        return None
    return row.total * row.rate


def only_noted(
    rows: Iterable[Noted], marker: str, amount_of: Callable[[Noted], Decimal | None], what: str
) -> BookedEntry | None:
    """The one entry whose private note holds the marker, which QuickBooks cannot search for.

    Raises Rejected if there are several.
    """
    marked = [row for row in rows if row.id and marker in (row.note or "")]
    if len(marked) > 1:
        raise Rejected(
            f"QuickBooks has {len(marked)} {what}s with the note {marker}, but there must be only one. Delete all "
            "but one of them in QuickBooks, then press Try again."
        )
    return next((BookedEntry(row.id or "", amount_of(row) or Decimal(0)) for row in marked), None)


def of_day(client: QuickBooksClient, kind: type[_T], day: date) -> Iterator[_T]:
    """All rows of an entity on one day; the struct is named as QuickBooks names the entity."""
    start = 1
    while True:
        where = f"TxnDate = {quoted(day.isoformat())}"
        page = f"orderby Id startposition {start} maxresults {_PAGE}"
        [answer] = asked(client, [f"select * from {kind.__name__} where {where} {page}"])  # noqa: S608
        rows = found(answer, kind)
        yield from rows
        if len(rows) < _PAGE:
            return
        start += _PAGE


def booked(identity: str | None, amount: Decimal | None, reached: Decimal | None = None) -> BookedEntry:
    """What a write has made. Raises OutcomeUnknown if the answer does not say."""
    if not identity or amount is None:
        raise unanswered(is_write=True)
    return BookedEntry(identity, amount, reached)
