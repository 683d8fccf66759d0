"""Whatever is edited between two pages, nothing is missing once the next pull has run."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.connectors.base import AccountRecord, Page
from app.connectors.fields import Senseless
from app.connectors.xero import wire
from app.connectors.xero.dates import modified_since
from app.connectors.xero.paging import Listing, changed_pages
from app.kit.errors import Retryable

START = datetime(2026, 11, 20, 10, tzinfo=UTC)
LONG_AGO = START - timedelta(days=400)
PAGE = 4


class Row(msgspec.Struct):
    id: str | None = None
    changed_at: str | None = None
    value: int = 0
    kind: str = ""


@dataclass
class Ledger:
    """A whole ledger of one resource that people edit while it is read."""

    rows: dict[str, Row] = field(default_factory=dict)
    now: datetime = START
    edits: Iterator[list[tuple[int, float]]] = field(default_factory=lambda: iter(()))
    """After each request: rows (by number) that change, and how many seconds pass before that."""
    asked: list[tuple[str, int, str]] = field(default_factory=list)

    def change(self, number: int) -> None:
        row = self.rows.setdefault(f"{number * 7919 % 997:03}", Row(id=f"{number * 7919 % 997:03}"))
        row.value += 1
        row.changed_at = f"/Date({int(self.now.timestamp() * 1000)}+0000)/"

    def ask(self, *, order: str, page: int, since: datetime) -> wire.Answer:
        header = modified_since(since)
        self.asked.append((order, page, header))
        found = [
            row for row in self.rows.values() if changed(row) >= datetime.fromisoformat(f"{header}+00:00")
        ]
        found.sort(
            key=(lambda r: (changed(r), r.id)) if order.startswith("UpdatedDateUTC") else lambda r: r.id or ""
        )
        answer = wire.Answer(
            at=f"/Date({int(self.now.timestamp() * 1000)})/",
            pagination=wire.Pagination(page_count=math.ceil(len(found) / PAGE), item_count=len(found)),
            accounts=[
                msgspec.Raw(msgspec.json.encode(row)) for row in found[(page - 1) * PAGE : page * PAGE]
            ],
        )
        for number, seconds in next(self.edits, []):
            self.now += timedelta(seconds=seconds)
            self.change(number)
        return answer


def changed(row: Row) -> datetime:
    return datetime.fromtimestamp(int((row.changed_at or "")[6:-7]) / 1000, UTC)


def record(row: Row) -> AccountRecord | None:
    if row.kind == "bill":
        return None
    if row.kind == "nonsense":
        raise Senseless(f"Row {row.id} makes no sense.")
    uses = (False, False, False, False)
    return AccountRecord(row.id or "", "", str(row.value), "other", None, *uses, True, changed(row))


LISTING = Listing("Rows", "RowID", lambda answer: answer.accounts, Row, record)


def pulled(ledger: Ledger, since: datetime | None = None, most: int = 200) -> list[Page]:
    pages = list(islice(changed_pages(ledger.ask, LISTING, since=since), most + 1))
    assert len(pages) <= most, "the pull never ends"
    return pages


def mirror_of(*pulls: list[Page]) -> dict[str, str]:
    mirror: dict[str, AccountRecord] = {}
    for page in (page for pages in pulls for page in pages):
        for row in page.rows:
            assert isinstance(row, AccountRecord)
            known = mirror.get(row.external_id)
            if known is None or known.changed_at <= row.changed_at:
                mirror[row.external_id] = row
    return {external_id: row.name for external_id, row in mirror.items()}


def truth(ledger: Ledger) -> dict[str, str]:
    return {row.id or "": str(row.value) for row in ledger.rows.values()}


batches = st.lists(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from([0, 0.4, 1, 3, 30])), max_size=6), max_size=25
)


@settings(max_examples=400, deadline=None)
@given(
    gaps=st.lists(st.sampled_from([0, 0, 0, 0.3, 1, 2, 60]), max_size=40),
    meanwhile=batches,
    since=st.sampled_from([None, LONG_AGO]),
)
def test_a_pull_among_edits_and_one_after_them_see_everything(
    gaps: list[float], meanwhile: list[list[tuple[int, float]]], since: datetime | None
) -> None:
    ledger = Ledger()
    for number, gap in enumerate(gaps):
        ledger.now += timedelta(seconds=gap)
        ledger.change(number)
    ledger.now += timedelta(seconds=5)
    ledger.edits = iter(meanwhile)
    first = pulled(ledger, since)
    ledger.edits, ledger.now = iter(()), ledger.now + timedelta(seconds=5)
    second = pulled(ledger, since=first[-1].complete_until)
    assert mirror_of(first, second) == truth(ledger)


@settings(max_examples=200, deadline=None)
@given(
    gaps=st.lists(st.sampled_from([0, 0.3, 2, 60]), min_size=20, max_size=40),
    meanwhile=batches,
    stop=st.integers(1, 8),
    since=st.sampled_from([None, LONG_AGO]),
)
def test_a_pull_that_is_cut_short_can_go_on_at_its_last_mark(
    gaps: list[float], meanwhile: list[list[tuple[int, float]]], stop: int, since: datetime | None
) -> None:
    ledger = Ledger()
    for number, gap in enumerate(gaps):
        ledger.now += timedelta(seconds=gap)
        ledger.change(number)
    ledger.now += timedelta(seconds=5)
    ledger.edits = iter(meanwhile)
    cut = list(islice(changed_pages(ledger.ask, LISTING, since=since), stop))
    marks = [page.complete_until for page in cut if page.complete_until]
    ledger.edits, ledger.now = iter(()), ledger.now + timedelta(seconds=5)
    rest = pulled(ledger, since=marks[-1] if marks else since)
    assert mirror_of(cut, rest) == truth(ledger)


def ledger_of(count: int, *, apart: float) -> Ledger:
    ledger = Ledger()
    for number in range(count):
        ledger.change(number)
        ledger.now += timedelta(seconds=apart)
    ledger.now += timedelta(seconds=10)
    return ledger


def test_a_quiet_ledger_hands_over_each_row_once_and_always_as_page_one() -> None:
    ledger = ledger_of(20, apart=10)
    pages = pulled(ledger, LONG_AGO)
    in_order = sorted(ledger.rows, key=lambda external_id: changed(ledger.rows[external_id]))
    assert [row.external_id for page in pages for row in page.rows] == in_order
    assert {page for _, page, _ in ledger.asked} == {1}
    assert sum(page.row_count for page in pages) == pages[0].expected == 20


def test_everything_takes_no_more_questions_than_there_are_pages() -> None:
    ledger = ledger_of(18, apart=10)
    pages = pulled(ledger)
    assert [row.external_id for page in pages for row in page.rows] == sorted(ledger.rows)
    assert [(order, page) for order, page, _ in ledger.asked] == [("RowID ASC", n) for n in (1, 2, 3, 4, 5)]
    assert [page.complete_until is None for page in pages] == [True] * 5 + [False]


def test_everything_that_takes_long_is_read_so_that_it_can_go_on_where_it_was_cut_short() -> None:
    ledger = ledger_of(125, apart=10)
    cut = list(islice(changed_pages(ledger.ask, LISTING, since=None), 20))
    assert [(order, page) for order, page, _ in ledger.asked[:2]] == [
        ("RowID ASC", 1),
        ("UpdatedDateUTC ASC", 1),
    ]
    asked_before = len(ledger.asked)
    rest = pulled(ledger, cut[-1].complete_until)
    assert mirror_of(cut, rest) == truth(ledger)
    assert len(ledger.asked) - asked_before < 30


def test_an_import_in_one_second_is_walked_in_the_order_of_ids() -> None:
    ledger = ledger_of(11, apart=0)
    pages = pulled(ledger, LONG_AGO)
    assert mirror_of(pages) == truth(ledger)
    walked = [(order, page) for order, page, _ in ledger.asked if order == "RowID ASC"]
    assert walked == [("RowID ASC", 1), ("RowID ASC", 2), ("RowID ASC", 3)]


def test_rows_of_no_interest_move_the_pull_on_and_count_but_are_not_handed_over() -> None:
    ledger = ledger_of(12, apart=10)
    for row in ledger.rows.values():
        row.kind = "bill"
    pages = pulled(ledger)
    assert [len(page.rows) for page in pages] == [0] * len(pages)
    assert sum(page.row_count for page in pages) == 12


def test_nonsense_is_left_out_told_and_stops_nothing() -> None:
    ledger = ledger_of(9, apart=10)
    spoilt = next(iter(ledger.rows.values()))
    spoilt.kind = "nonsense"
    pages = pulled(ledger)
    assert sum(len(page.rows) for page in pages) == 8
    assert [sentence for page in pages for sentence in page.left_out] == [f"Row {spoilt.id} makes no sense."]


def test_a_page_of_unreadable_rows_does_not_hold_up_the_pull() -> None:
    ledger = ledger_of(8, apart=10)

    def ask(*, order: str, page: int, since: datetime) -> wire.Answer:
        answer = ledger.ask(order=order, page=page, since=since)
        answer.accounts = [msgspec.Raw(b'{"value": "no number"}') for _ in answer.accounts]
        return answer

    pages = list(islice(changed_pages(ask, LISTING, since=None), 50))
    assert len(pages) < 50


def test_the_mark_of_a_whole_pull_lies_before_its_first_question() -> None:
    ledger = ledger_of(3, apart=10)
    asked_at = ledger.now
    assert pulled(ledger)[-1].complete_until == asked_at - timedelta(seconds=2)


@pytest.mark.parametrize("at", [None, "soon"])
def test_an_answer_that_does_not_tell_its_time_is_not_trusted(at: str | None) -> None:
    with pytest.raises(Retryable):
        list(changed_pages(lambda **_: wire.Answer(at=at), LISTING, since=None))


def test_a_walk_waits_out_a_short_limit_and_a_long_one_ends_it() -> None:
    ledger = ledger_of(11, apart=0)
    limits = iter([None, None, Retryable("minute", after=timedelta(milliseconds=1)), None, None])

    def ask(*, order: str, page: int, since: datetime) -> wire.Answer:
        if (limit := next(limits, Retryable("day", after=timedelta(hours=20)))) is not None:
            raise limit
        return ledger.ask(order=order, page=page, since=since)

    handed_over: list[Page] = []
    with pytest.raises(Retryable, match="day"):
        handed_over.extend(changed_pages(ask, LISTING, since=LONG_AGO))
    assert [(order, page) for order, page, _ in ledger.asked] == [
        ("UpdatedDateUTC ASC", 1),
        ("UpdatedDateUTC ASC", 1),
        ("RowID ASC", 1),
        ("RowID ASC", 2),
    ]
