"""Reads what changed since a moment: by change data capture, or everything where that cannot tell.

One question covers all resources of a pull: a quiet company costs one call, and one for the company itself.
Change data capture (CDC) tells deleted rows too, but it looks back 30 days only, and an answer holds at most
1,000 objects, without saying that there were more. So

- an answer with as many is asked again for each resource by itself;
- what is still cut off, or longer ago, is read whole (`Page.is_whole`): the rows that changed could be queried, but
  those that were deleted in such a window are told by nobody, and can only be found by their absence.

**A merge dates no document.** The loser's invoices, payments and credits become another customer's, and neither their
times of change nor CDC tell of it; what does change is the loser, which becomes inactive and has no documents any more
(assumed: that is all QuickBooks tells; the winner is named nowhere). So when an inactive customer without any document
is among the changes, all documents are read whole.

**The next pull begins** at QuickBooks' own time of an answer from *before* the changes were asked for, less
`OVERLAP` for clocks that differ among its servers. The answer's own time would not do: it is stamped when the answer
is ready, and what was changed while it was being made may be missing in it.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from msgspec import Raw

from app.connectors.base import Page, Resource
from app.connectors.fields import Senseless, read_row
from app.connectors.quickbooks import wire
from app.connectors.quickbooks.asking import asked
from app.connectors.quickbooks.client import MOST_ITEMS, QuickBooksClient
from app.connectors.quickbooks.company import Company
from app.connectors.quickbooks.dates import asked_since
from app.connectors.quickbooks.listings import DELETED, LISTINGS, read_rows
from app.connectors.quickbooks.quoting import quoted
from app.connectors.quickbooks.reading import Answer, asking, every_page, first_pages
from app.kit.errors import Rejected

OVERLAP = timedelta(seconds=10)
LOOK_BACK = timedelta(days=29)  # Intuit says 30; a day is left for the way there
MOST_OBJECTS = 1000

_DOCUMENTS = (Resource.INVOICES, Resource.CREDIT_NOTES, Resource.PAYMENTS)
_Rows = dict[Resource, list[Raw] | None]


@dataclass
class _Window:
    """The changes since a moment, as far as they are known yet; None for a resource that CDC cannot tell."""

    since: datetime
    rows: _Rows
    unserved: set[Resource] = field(default_factory=lambda: set(Resource))
    """Resources whose changes were not handed over yet."""
    documents_moved: bool | None = None


class Changes:
    """The changes of one company. Made per use; not shared between threads."""

    def __init__(self, client: QuickBooksClient, company: Company) -> None:
        self._client = client
        self._company = company
        self._window: _Window | None = None
        self._first_pages: dict[Resource, Answer] | None = None

    def pages(self, resource: Resource, since: datetime | None) -> Iterator[Page]:
        """Every row changed since a moment; None: every row."""
        window = self._window_since(resource, since)
        raws = self._rows_of(window, resource) if window else None
        is_enough = window is not None and raws is not None and not self._moved(window, resource)
        if raws is not None:
            # Even where it is not enough, this is what tells of deleted rows.
            page = self._changed(resource, raws)
            yield page if is_enough else replace(page, expected=None, complete_until=None)
        if not is_enough:
            yield from self._everything(resource, is_whole=since is not None)

    def _changed(self, resource: Resource, raws: Sequence[Raw]) -> Page:
        company = self._company.known()
        read = read_rows(LISTINGS[resource], raws, company.home)
        left_out, deleted = tuple(read.left_out), tuple(read.deleted)
        return Page(read.records, read.row_count, read.row_count, company.at - OVERLAP, left_out, deleted)

    def _everything(self, resource: Resource, *, is_whole: bool) -> Iterator[Page]:
        company, listing = self._company.known(), LISTINGS[resource]
        return every_page(
            asking(self._client, listing),
            listing,
            home=company.home,
            complete_until=company.at - OVERLAP,
            is_whole=is_whole,
            first=None if is_whole else self._first_page(resource),
        )

    def _first_page(self, resource: Resource) -> Answer | None:
        """The first page, once. Whoever wants all of one resource wants all of the others as well, as a rule.

        If QuickBooks refuses one of them (a plan without credit memos, say), each is asked for in its own turn.
        """
        if self._first_pages is None:
            self._first_pages = {}
            with suppress(Rejected):
                self._first_pages = first_pages(self._client)
        return self._first_pages.pop(resource, None)

    def _window_since(self, resource: Resource, since: datetime | None) -> _Window | None:
        """What CDC tells since then, asked for now unless it was; None if it looks back less far."""
        if since is None or self._company.known().at - since >= LOOK_BACK:
            return None
        window = self._window
        if window is None or resource not in window.unserved or window.since > since:
            window = self._window = _Window(since, self._asked(tuple(Resource), since))
        window.unserved.discard(resource)
        return window

    def _rows_of(self, window: _Window, resource: Resource) -> list[Raw] | None:
        if resource not in window.rows:
            window.rows |= self._asked((resource,), window.since)
        return window.rows[resource]

    def _asked(self, resources: Sequence[Resource], since: datetime) -> _Rows:
        """One question. An answer that may be cut off tells nothing, or None if it was for one resource."""
        entities = ",".join(LISTINGS[resource].entity for resource in resources)
        body = self._client.read("cdc", {"entities": entities, "changedSince": asked_since(since)})
        told = body.changes()
        rows: _Rows = {r: [raw for part in told for raw in part.of(LISTINGS[r].entity)] for r in resources}
        if sum(len(found or ()) for found in rows.values()) < MOST_OBJECTS:
            return rows
        return {} if len(resources) > 1 else dict.fromkeys(resources)

    def _moved(self, window: _Window, resource: Resource) -> bool:
        """Whether records of this kind may have gone from one customer to another without a date."""
        if resource not in _DOCUMENTS:
            return False
        if window.documents_moved is None:
            customers = self._rows_of(window, Resource.CUSTOMERS)
            window.documents_moved = customers is None or self._any_emptied(_ended(customers))
        return window.documents_moved

    def _any_emptied(self, customers: Sequence[str]) -> bool:
        """Whether any of these customers has no documents, or there are too many to ask."""
        if len(customers) * len(_DOCUMENTS) > MOST_ITEMS:
            return True
        if not customers:
            return False
        counts = asked(self._client, [_count(resource, c) for c in customers for resource in _DOCUMENTS])
        each = len(_DOCUMENTS)
        totals = [rows.total_count for rows in counts]
        return any(sum(totals[place : place + each]) == 0 for place in range(0, len(totals), each))


def _ended(raws: Sequence[Raw]) -> list[str]:
    """The customers among the rows that are inactive or gone."""
    ended: list[str] = []
    for raw in raws:
        row = _customer(raw)
        if row is not None and row.id and (row.is_active is False or row.status == DELETED):
            ended.append(row.id)
    return ended


def _customer(raw: Raw) -> wire.Customer | None:
    try:
        return read_row(raw, wire.Customer)
    except Senseless:
        return None


def _count(resource: Resource, customer: str) -> str:
    entity = LISTINGS[resource].entity
    return f"select count(*) from {entity} where CustomerRef = {quoted(customer)}"  # noqa: S608
