"""Reads everything that changed since a moment, in pages, so that no edit between two pages is lost.

**The ordinary way** asks for the *first* page of 1,000 rows in the order of `UpdatedDateUTC`, modified since a
floor, again and again, and raises the floor to the last row's time less an overlap. Nothing can be lost:

- A row's time of change only grows, and an edit sets it to the present. So a row that changes while we read
  moves to the end of the order, in front of us. It never slips behind us, as it would slip past a page number.
- The rows of a page end at some time `t`, and the next floor is `t` less two seconds. That covers Xero's
  whole-second header, rows that share `t` but did not fit into the page, and a row whose change was stamped
  just before `t` but became visible just after we asked.
- Rows in the overlap come twice; those that did not change meanwhile are dropped.

**Everything** (no moment to begin at) that fits into few pages is asked for as below, by page number in the order of
ids: that takes no more calls than there are pages.

**When a page does not get past the overlap** (an import gave more than 1,000 rows the same second) the floor
cannot rise. Then everything since the floor is walked by page number in the order of the rows' ids. That order
never changes, and no row leaves it, because the floor stays and times only grow. Rows can only be *inserted*,
which pushes others towards us: some come twice, none is skipped. A row that is inserted behind us changed
after the walk began. A walk cannot go on where it was cut short, so it waits out a short limit by itself.

Either way, at the end everything changed before the first answer's own clock, less the overlap, has been handed
over. What changed later may or may not have been, and belongs to the next pull.

**Blind spots** of modified-since (developer.xero.com, requests and responses): it does not notice a changed due
date or sent mark of a partly paid invoice, nor a contact's balances. Balances are not mirrored; due dates
are covered by the fresh read before every reminder, and by reading everything once a day.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar

import msgspec

from app.connectors.base import Page, Record
from app.connectors.fields import Senseless, read_row
from app.connectors.xero import wire
from app.connectors.xero.answers import unanswered
from app.connectors.xero.dates import modified_since, moment
from app.kit.errors import Retryable

PAGE_SIZE = 1000
OVERLAP = timedelta(seconds=2)
# Xero is younger than this. With no header at all, voided and deleted documents would be missing.
THE_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)

_BY_TIME = "UpdatedDateUTC ASC"
_LONGEST_WAIT = timedelta(seconds=60)  # Xero's limit per minute
_MOST_WAITS = 3
# A walk cannot go on where it was cut short, and with this many pages it stays within Xero's limit per minute.
_MOST_WALKED = 30


class Row(Protocol):
    """Any struct of a row: it has an id and a time of change, as text."""

    @property
    def id(self) -> str | None: ...

    @property
    def changed_at(self) -> str | None: ...


RowT = TypeVar("RowT", bound=Row)


class Ask(Protocol):
    """One request for one page."""

    def __call__(self, *, order: str, page: int, since: datetime) -> wire.Answer: ...


@dataclass(frozen=True)
class Listing(Generic[RowT]):
    """How one resource is listed, and what a row of it becomes (None: of no interest to us)."""

    path: str
    id_field: str
    rows: Callable[[wire.Answer], list[msgspec.Raw]]
    kind: type[RowT]
    record: Callable[[RowT], Record | None]


@dataclass
class _Reading(Generic[RowT]):
    """What one answer held, and what the answer before it held."""

    listing: Listing[RowT]
    expected: int | None = None
    seen: dict[str, str] = field(default_factory=dict)
    """Ids in the last answer with their times of change: those may come again."""
    reached: datetime | None = None
    """The latest time of change in the last answer."""

    @property
    def by_id(self) -> str:
        return f"{self.listing.id_field} ASC"

    def page(self, answer: wire.Answer) -> Page:
        """The rows of an answer that the answer before it did not have."""
        before, self.seen, self.reached = self.seen, {}, None
        if self.expected is None and answer.pagination is not None:
            self.expected = answer.pagination.item_count
        records: list[Record] = []
        left_out: list[str] = []
        row_count = 0
        for raw in self.listing.rows(answer):
            try:
                row = read_row(raw, self.listing.kind)
                if self._came_before(row, before):
                    continue
                record = self.listing.record(row)
            except Senseless as wrong:
                left_out.append(str(wrong))
                record = None
            row_count += 1
            if record is not None:
                records.append(record)
        return Page(records, row_count, self.expected, None, tuple(left_out))

    def _came_before(self, row: RowT, before: dict[str, str]) -> bool:
        if row.id is None or row.changed_at is None:
            return False
        self.seen[row.id] = row.changed_at
        with suppress(ValueError, OverflowError):
            changed_at = moment(row.changed_at)
            self.reached = max(self.reached or changed_at, changed_at)
        return before.get(row.id) == row.changed_at


def changed_pages(ask: Ask, listing: Listing[RowT], *, since: datetime | None) -> Iterator[Page]:
    """Every row changed since a moment (None: every row), in the way the module describes."""
    reading = _Reading(listing)
    if since is not None:
        return _by_time(ask, reading, since, None)
    return _everything(ask, reading)


def _everything(ask: Ask, reading: _Reading[RowT]) -> Iterator[Page]:
    answer = ask(order=reading.by_id, page=1, since=THE_BEGINNING)
    complete_until = _asked_at(answer) - OVERLAP
    if _page_count(answer) > _MOST_WALKED:
        yield from _by_time(ask, reading, THE_BEGINNING, complete_until)
    elif _page_count(answer) > 1:
        yield reading.page(answer)
        yield from _walked(ask, reading, THE_BEGINNING, from_page=2)
        yield Page((), 0, reading.expected, complete_until)
    else:
        yield replace(reading.page(answer), complete_until=complete_until)


def _by_time(ask: Ask, reading: _Reading[RowT], floor: datetime, at_last: datetime | None) -> Iterator[Page]:
    """`at_last`: until when all of it will be complete; None: by the first answer's own clock."""
    while True:
        answer = ask(order=_BY_TIME, page=1, since=floor)
        at_last = at_last or _asked_at(answer) - OVERLAP
        page = reading.page(answer)
        if _page_count(answer) <= 1:
            yield replace(page, complete_until=at_last)
            return
        risen = (reading.reached or floor) - OVERLAP
        if modified_since(risen) <= modified_since(floor):
            yield page
            yield from _walked(ask, reading, floor)
            yield Page((), 0, reading.expected, at_last)
            return
        yield replace(page, complete_until=risen)
        floor = risen


def in_turn(lists: Sequence[Iterator[Page]]) -> Iterator[Page]:
    """The pages of lists that together make one resource, one list after the other.

    Complete is only what all of them have told: until the last list nothing can be said, and its word counts no
    further than the end of those before it.
    """
    ends: list[datetime] = []
    rows_before = 0
    for number, pages in enumerate(lists, start=1):
        until, row_count = None, 0
        for page in pages:
            until, row_count = page.complete_until or until, row_count + page.row_count
            complete_until = min([until, *ends]) if until and number == len(lists) else None
            expected = None if page.expected is None else rows_before + page.expected
            yield replace(page, complete_until=complete_until, expected=expected)
        rows_before += row_count
        if until is not None:
            ends.append(until)


def _walked(ask: Ask, reading: _Reading[RowT], floor: datetime, *, from_page: int = 1) -> Iterator[Page]:
    """Every row since the floor in the order of ids."""
    number = pages = from_page
    while number <= pages:
        answer = _patiently(ask, order=reading.by_id, page=number, since=floor)
        yield reading.page(answer)
        pages, number = _page_count(answer), number + 1


def _patiently(ask: Ask, *, order: str, page: int, since: datetime) -> wire.Answer:
    for _ in range(_MOST_WAITS):
        try:
            return ask(order=order, page=page, since=since)
        except Retryable as limit:
            if limit.after > _LONGEST_WAIT:
                raise
            time.sleep(limit.after.total_seconds())
    return ask(order=order, page=page, since=since)


def _page_count(answer: wire.Answer) -> int:
    return answer.pagination.page_count if answer.pagination else 1


def _asked_at(answer: wire.Answer) -> datetime:
    """The ledger's own clock. An answer without it is not whole, and nothing could be said about it."""
    try:
        return moment(answer.at or "")
    except (ValueError, OverflowError):
        raise unanswered(is_write=False) from None
