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

A batch holds up to six pages, an answer of some twelve megabytes at most, and the next one is on its way while the rows
of one are read. The first pages of all resources make one batch together. So a company of 10,000 invoices takes seven
calls: as many as QuickBooks takes within a second from those who leave room for others.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import Raw

from app.connectors.base import Page, Resource
from app.connectors.quickbooks.asking import patiently_asked
from app.connectors.quickbooks.bodies import Rows
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.listings import LISTINGS, Listing, read_rows

PAGE_SIZE = 1000
OVERLAP = 100
PAGES_AT_ONCE = 6
_STEP = PAGE_SIZE - OVERLAP


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows at the positions asked for, a list for each, and how many there are in all."""

    pages: Sequence[Sequence[Raw]]
    total: int


Ask = Callable[[Sequence[int]], Answer]
"""Asks for one page at each of these positions."""


def first_pages(client: QuickBooksClient) -> dict[Resource, Answer]:
    """The first page of every resource, in one question. Raises what asking raises."""
    asked = {resource: _queries(listing, [1]) for resource, listing in LISTINGS.items()}
    found = iter(patiently_asked(client, [query for queries in asked.values() for query in queries]))
    return {
        resource: _answer(LISTINGS[resource], [next(found) for _ in queries])
        for resource, queries in asked.items()
    }


def asking(client: QuickBooksClient, listing: Listing[Any]) -> Ask:
    """How the pages of a resource are asked for."""

    def ask(starts: Sequence[int]) -> Answer:
        return _answer(listing, patiently_asked(client, _queries(listing, starts)))

    return ask


def _queries(listing: Listing[Any], starts: Sequence[int]) -> list[str]:
    """How many rows there are, and a page at each of these positions."""
    rows = f"from {listing.entity}{listing.condition}"
    pages = [f"select * {rows} orderby Id startposition {start} maxresults {PAGE_SIZE}" for start in starts]
    return [f"select count(*) {rows}", *pages]


def _answer(listing: Listing[Any], found: Sequence[Rows]) -> Answer:
    total, *pages = found
    return Answer([rows.of(listing.entity) for rows in pages], total.total_count)


def every_page(
    ask: Ask,
    listing: Listing[Any],
    *,
    home: str,
    complete_until: datetime,
    is_whole: bool = False,
    first: Answer | None = None,
) -> Iterator[Page]:
    """Every row, in the way the module describes. `complete_until` must lie before the first question.

    `first`: the first page, if it was asked for already. `ask` is called by another thread, and by nobody else until
    this is exhausted or closed.
    """
    before, expected = None, None
    with ThreadPoolExecutor(1, thread_name_prefix="batch") as asker:
        batches = _Batches(ask, asker, first)
        while True:
            starts, answer = batches.taken()
            expected = answer.total if expected is None else expected
            for position, raws in zip(starts, answer.pages, strict=True):
                reading = read_rows(listing, raws, home, before)
                if position > 1 and not (before and before.keys() & reading.versions.keys()):
                    batches.ask_from(max(1, position - _STEP))
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


class _Batches:
    """One batch after the other, the next one asked for as soon as one has come."""

    def __init__(self, ask: Ask, asker: ThreadPoolExecutor, first: Answer | None) -> None:
        self._ask, self._asker = ask, asker
        if first is None:
            self.ask_from(1)
        else:
            self._starts: Sequence[int] = [1]
            self._coming: Future[Answer] = Future()
            self._coming.set_result(first)

    def ask_from(self, start: int) -> None:
        """Ask for a batch that begins at this position. One that is on its way is of no use any more."""
        self._starts = [start + number * _STEP for number in range(PAGES_AT_ONCE)]
        self._coming = self._asker.submit(self._ask, self._starts)

    def taken(self) -> tuple[Sequence[int], Answer]:
        """The positions of the next batch, and what is there. Raises what asking raises."""
        starts, answer = self._starts, self._coming.result()
        if len(answer.pages[-1]) == PAGE_SIZE:
            self.ask_from(starts[-1] + _STEP)
        return starts, answer
