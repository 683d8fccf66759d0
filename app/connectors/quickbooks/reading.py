"""Reads every row of a resource, in pages that overlap, so that no edit in between loses a row.

QuickBooks pages by position: `startposition n maxresults 1000`. A row that is deleted while we read pulls everything
behind it forward, past a page that was to begin there; offsets alone would lose rows. So pages are asked for in the
order of ids, each beginning 100 rows before the one before it ends, and a page counts only if it **shares a row** with
the one before it (or begins at the first position). Then nothing that exists throughout is lost:

- An id never changes, so the order of any two rows never does. Only rows come (new ones) and go (deleted ones).
- A page holds, at the moment it is read, every row between its first and its last one. So if two pages share a
  row, the stretches of the order that they cover overlap, and together they cover one stretch without a gap. In which
  order the two were read does not matter: a batch may answer its items in any.
- The first page begins at the first row, and the last one is not full, so it reaches the end. Along the chain
  every row that existed all the while lies in a stretch that is covered.
- If a page shares no row with the one before (a hundred rows in front of it are gone meanwhile), it is thrown away, and
  reading goes on one page further to the front, if need be to the very first position.

Rows in the overlap come twice; those that did not change meanwhile are dropped. What is added, changed or deleted
while we read carries a time after `complete_until`, and the changes since then tell of it.

Five pages make one batch: an answer of some ten megabytes at most, and a company of 10,000 invoices in nine calls.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import Raw

from app.connectors.base import Page
from app.connectors.quickbooks.asking import patiently_asked
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.listings import Listing, read_rows

PAGE_SIZE = 1000
OVERLAP = 100
PAGES_AT_ONCE = 5
_STEP = PAGE_SIZE - OVERLAP


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows at the positions asked for, a list for each, and how many there are in all."""

    pages: Sequence[Sequence[Raw]]
    total: int


Ask = Callable[[Sequence[int]], Answer]
"""Asks for one page at each of these positions."""


def asking(client: QuickBooksClient, listing: Listing[Any]) -> Ask:
    """How the pages of a resource are asked for."""
    count = f"select count(*) from {listing.entity}{listing.condition}"  # noqa: S608 (our own words)
    select = f"select * from {listing.entity}{listing.condition} orderby Id"  # noqa: S608

    def ask(starts: Sequence[int]) -> Answer:
        pages = [f"{select} startposition {start} maxresults {PAGE_SIZE}" for start in starts]
        total, *found = patiently_asked(client, [count, *pages])
        return Answer([rows.of(listing.entity) for rows in found], total.total_count)

    return ask


def every_page(
    ask: Ask, listing: Listing[Any], *, home: str, complete_until: datetime, is_whole: bool = False
) -> Iterator[Page]:
    """Every row, in the way the module describes. `complete_until` must lie before the first question."""
    start, before, expected = 1, None, None
    while True:
        starts = [start + number * _STEP for number in range(PAGES_AT_ONCE)]
        answer = ask(starts)
        expected = answer.total if expected is None else expected
        start = starts[-1] + _STEP
        for position, raws in zip(starts, answer.pages, strict=True):
            reading = read_rows(listing, raws, home, before)
            if position > 1 and not (before and before.keys() & reading.versions.keys()):
                start = max(1, position - _STEP)
                break
            before = reading.versions
            is_last = len(raws) < PAGE_SIZE
            yield Page(
                reading.records,
                reading.row_count,
                expected,
                complete_until if is_last else None,
                tuple(reading.left_out),
                is_whole=is_whole,
            )
            if is_last:
                return
