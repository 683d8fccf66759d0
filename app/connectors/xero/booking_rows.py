"""How entries are listed in Xero, and how ours are told from the rest."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, TypeVar

import msgspec

from app.connectors.base import BookedEntry
from app.connectors.xero import wire
from app.connectors.xero.answers import unanswered
from app.connectors.xero.client import XeroClient
from app.connectors.xero.dates import query_date
from app.connectors.xero.paging import PAGE_SIZE
from app.connectors.xero.written import read_rows, refuse

GONE = frozenset({"DELETED", "VOIDED"})
_T = TypeVar("_T")
Rows = Callable[[wire.Answer], list[msgspec.Raw]]


class Candidate(NamedTuple):
    """An entry that may be ours, with the text that would hold our marker."""

    external_id: str | None
    amount: Decimal | None
    text: str | None
    status: str | None
    arrived: Decimal | None = None
    """Of a payment, in the currency of its account."""


def on_day(day: date) -> str:
    """A condition for the entries of one day."""
    on = query_date(day)
    return f"Date>={on} AND Date<={on}"


def listed(
    client: XeroClient,
    path: str,
    where: str | None,
    rows: Rows,
    kind: type[_T],
    *,
    since: datetime | None = None,
) -> Iterator[_T]:
    """Every row of a list that has pages, or those changed since. With pages, Xero also shows the lines of each row."""
    number, condition = 1, {"where": where} if where else {}
    while True:
        parameters = {**condition, "page": str(number), "pageSize": str(PAGE_SIZE)}
        answer = client.read(path, parameters, since=since)
        yield from read_rows(rows(answer), kind, is_write=False)
        if answer.pagination is None or number >= answer.pagination.page_count:
            return
        number += 1


def marked(candidates: Iterable[Candidate], marker: str) -> BookedEntry | None:
    """The first living entry whose text holds the marker. Xero cannot search texts: we look ourselves."""
    for external_id, amount, text, status, arrived in candidates:
        if external_id and amount is not None and status not in GONE and marker in (text or ""):
            return BookedEntry(external_id.lower(), amount, arrived)
    return None


def booked(
    external_id: str | None,
    amount: Decimal | None,
    faults: list[wire.Fault] | None,
    arrived: Decimal | None = None,
) -> BookedEntry:
    """What a write has made. Raises Rejected, or OutcomeUnknown if the answer does not say."""
    refuse(faults or ())
    if external_id is None or amount is None:
        raise unanswered(is_write=True)
    return BookedEntry(external_id.lower(), amount, arrived)
