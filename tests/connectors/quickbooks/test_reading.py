"""Pages that overlap lose no row, whatever is deleted, added and edited between them."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from app.connectors.base import Page, Resource
from app.connectors.quickbooks.listings import LISTINGS
from app.connectors.quickbooks.reading import PAGE_SIZE, Answer, every_page
from app.kit.errors import Retryable

UNTIL = datetime(2026, 11, 20, tzinfo=UTC)


@dataclass
class Books:
    """Accounts in the order of their ids, with somebody at work between any two pages."""

    versions: dict[int, int]
    chance: random.Random = field(default_factory=random.Random)
    most_deleted: int = 0
    shuffled: bool = False
    is_quiet: bool = False
    asked: int = 0

    def ask(self, starts: Sequence[int]) -> Answer:
        self.asked += 1
        pages: dict[int, list[Raw]] = {}
        order = list(starts)
        if self.shuffled:
            self.chance.shuffle(order)
        for start in order:
            rows = sorted(self.versions.items())
            pages[start] = [shown(*row) for row in rows[start - 1 : start - 1 + PAGE_SIZE]]
            if not self.is_quiet:
                self.work()
        return Answer([pages[start] for start in starts], len(self.versions))

    def work(self) -> None:
        ids = sorted(self.versions)
        front = ids[: self.chance.choice((50, 2000, len(ids)))]
        for gone in self.chance.sample(front, min(len(front), self.chance.randint(0, self.most_deleted))):
            del self.versions[gone]
        for edited in self.chance.sample(sorted(self.versions), min(len(self.versions), 3)):
            self.versions[edited] += 1
        new = self.chance.choice((max(ids, default=0) + 1, self.chance.randint(1, 10**6)))
        self.versions.setdefault(new, 0)


def shown(identity: int, version: int) -> Raw:
    meta = {"LastUpdatedTime": "2026-11-20T01:02:03-08:00"}
    row = {"Id": str(identity), "SyncToken": str(version), "AccountType": "Expense", "MetaData": meta}
    return Raw(json.dumps(row).encode())


def read(books: Books, first: Answer | None = None) -> list[Page]:
    listing = LISTINGS[Resource.ACCOUNTS]
    return list(every_page(books.ask, listing, home="USD", complete_until=UNTIL, first=first))


def ids_in(pages: list[Page]) -> list[int]:
    return [int(row.external_id) for page in pages for row in page.rows]


@settings(max_examples=40, deadline=None)
@given(
    st.one_of(st.just(3000), st.integers(0, 4200)),
    st.sampled_from([400, 0, 3, 99, 100, 900]),
    st.booleans(),
    st.integers(0, 10**9),
)
def test_what_exists_throughout_is_handed_over(
    rows: int, most_deleted: int, shuffled: bool, seed: int
) -> None:
    books = Books(dict.fromkeys(range(10, 10 + 2 * rows, 2), 0), random.Random(seed), most_deleted, shuffled)
    before = set(books.versions)
    pages = read(books)
    throughout = before & set(books.versions)
    assert throughout <= set(ids_in(pages))
    assert [page.complete_until for page in pages] == [None] * (len(pages) - 1) + [UNTIL]


def test_quiet_books_are_handed_over_once_each_with_their_number() -> None:
    books = Books(dict.fromkeys(range(2500), 0), is_quiet=True)
    pages = read(books)
    assert sorted(ids_in(pages)) == list(range(2500))
    assert {page.expected for page in pages} == {2500}
    assert sum(page.row_count for page in pages) == 2500
    assert books.asked == 1


def test_an_empty_list_is_one_empty_page() -> None:
    books = Books({}, is_quiet=True)
    assert read(books) == [Page([], 0, 0, UNTIL)]


def test_more_pages_than_one_batch_holds_are_asked_for_in_more() -> None:
    books = Books(dict.fromkeys(range(10_000), 0), is_quiet=True)
    assert sorted(ids_in(read(books))) == list(range(10_000))
    assert books.asked == 2


def test_a_first_page_that_was_asked_for_before_is_not_asked_for_again() -> None:
    books = Books(dict.fromkeys(range(7000), 0), is_quiet=True)
    first = books.ask([1])
    pages = read(books, first)
    assert sorted(ids_in(pages)) == list(range(7000))
    assert {page.expected for page in pages} == {7000}
    assert books.asked == 3


def test_what_fits_into_a_first_page_takes_no_further_question() -> None:
    books = Books(dict.fromkeys(range(999), 0), is_quiet=True)
    assert sorted(ids_in(read(books, books.ask([1])))) == list(range(999))
    assert books.asked == 1


def test_a_batch_that_cannot_be_had_stops_the_reading_where_it_is_needed() -> None:
    books = Books(dict.fromkeys(range(7000), 0), is_quiet=True)

    def ask(starts: Sequence[int]) -> Answer:
        if starts[0] > 1:
            raise Retryable("not now")
        return books.ask(starts)

    handed_over: list[Page] = []
    with pytest.raises(Retryable, match="not now"):
        handed_over.extend(every_page(ask, LISTINGS[Resource.ACCOUNTS], home="USD", complete_until=UNTIL))
    assert books.asked == 1


def test_a_page_past_a_gap_is_thrown_away_and_the_gap_is_read() -> None:
    books = Books(dict.fromkeys(range(3000), 0), is_quiet=True)
    whole = books.ask

    def ask(starts: Sequence[int]) -> Answer:
        first = whole(starts[:1])
        if books.asked == 1:
            books.versions = dict.fromkeys(range(500, 3000), 0)
        return Answer([*first.pages, *whole(starts[1:]).pages], first.total)

    pages = list(every_page(ask, LISTINGS[Resource.ACCOUNTS], home="USD", complete_until=UNTIL))
    assert set(range(500, 3000)) <= set(ids_in(pages))
