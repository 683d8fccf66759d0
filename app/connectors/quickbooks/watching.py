"""What became of entries of ours: one call for QuickBooks' own time, and one of change data capture for all that was
touched since the last look.

Change data capture looks back 30 days and tells at most 1,000 objects. Where that is not enough every entry is asked
for by its id, 200 in a query; one that no query finds is asked for by itself before it counts as gone.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal

from msgspec import Raw

from app.connectors.base import EntryKind, EntryNow, MadeEntry
from app.connectors.fields import Senseless
from app.connectors.quickbooks import wire
from app.connectors.quickbooks.asking import asked
from app.connectors.quickbooks.booking_deposits import fee_in
from app.connectors.quickbooks.booking_rows import Deposit, Purchase, Transfer, read
from app.connectors.quickbooks.changes import LOOK_BACK, MOST_OBJECTS
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.company import Company
from app.connectors.quickbooks.dates import asked_since
from app.connectors.quickbooks.fields import day_in
from app.connectors.quickbooks.listings import DELETED
from app.connectors.quickbooks.quoting import quoted
from app.kit.errors import NotFound

_Row = Purchase | Deposit | Transfer | wire.Payment
# The structs are named as QuickBooks names the entities.
_HOMES: Mapping[EntryKind, type[_Row]] = {
    EntryKind.FEE: Purchase,
    EntryKind.REFUND: Purchase,
    EntryKind.DEPOSIT: Deposit,
    EntryKind.INCOME: Deposit,
    EntryKind.TRANSFER: Transfer,
    EntryKind.OVERPAYMENT: wire.Payment,
}
_IDS_PER_QUERY = 200
_Amended = dict[MadeEntry, EntryNow | None]
_Found = dict[tuple[type[_Row], str], _Row]


def amended(
    client: QuickBooksClient, company: Company, made: Collection[MadeEntry], since: datetime
) -> _Amended:
    """How those that were touched stand now; where change data capture cannot tell, how all of them do."""
    watched = {(_HOMES[one.kind], one.external_id): one for one in made if one.kind in _HOMES}
    if not watched:
        return {}
    homes = {home for home, _ in watched}
    rows = _changed(client, company, homes, since)
    if rows is not None:
        return {watched[key]: _now(watched[key], row) for key, row in rows.items() if key in watched}
    found = _by_id(client, watched)
    return {one: _now(one, row) if (row := found.get(key)) else None for key, one in watched.items()}


def _changed(
    client: QuickBooksClient, company: Company, homes: Iterable[type[_Row]], since: datetime
) -> _Found | None:
    """What was touched; None where that cannot be told for certain."""
    if company.known().at - since >= LOOK_BACK:
        return None
    entities = ",".join(sorted(home.__name__ for home in homes))
    told = client.read("cdc", {"entities": entities, "changedSince": asked_since(since)}).changes()
    rows = [(home, row) for part in told for home in homes for row in _rows(part.of(home.__name__), home)]
    return None if len(rows) >= MOST_OBJECTS else {(home, row.id): row for home, row in rows if row.id}


def _by_id(client: QuickBooksClient, watched: Mapping[tuple[type[_Row], str], MadeEntry]) -> _Found:
    found: _Found = {}
    for home in {home for home, _ in watched}:
        ids = [external_id for kind, external_id in watched if kind is home]
        for start in range(0, len(ids), _IDS_PER_QUERY):
            wanted = ids[start : start + _IDS_PER_QUERY]
            named = ", ".join(quoted(external_id) for external_id in wanted)
            query = f"select * from {home.__name__} where Id in ({named}) maxresults {_IDS_PER_QUERY}"  # noqa: S608
            [answer] = asked(client, [query])
            rows = {row.id: row for row in _rows(answer.of(home.__name__), home)}
            for external_id in wanted:
                row = rows.get(external_id) or _one(client, home, external_id)
                if row is not None:
                    found[home, external_id] = row
    return found


def _one(client: QuickBooksClient, home: type[_Row], external_id: str) -> _Row | None:
    try:
        raw = client.read(f"{home.__name__.lower()}/{external_id}").record(home.__name__)
    except NotFound:
        return None
    return read(raw, home, is_write=False)


def _rows(raws: Iterable[Raw], home: type[_Row]) -> Iterator[_Row]:
    return (read(raw, home, is_write=False) for raw in raws)


def _now(entry: MadeEntry, row: _Row) -> EntryNow | None:
    if row.status == DELETED or not row.total:
        # What is voided keeps its id and loses its amount; no deposit of ours comes to nothing.
        return None
    amount: Decimal = row.total
    if entry.kind is EntryKind.DEPOSIT and isinstance(row, Deposit):
        amount = fee_in(row)
    return EntryNow(amount, _day(row.paid_on if isinstance(row, wire.Payment) else row.dated))


def _day(text: str | None) -> date | None:
    with suppress(Senseless):
        return day_in(text, "An entry", "date")
    return None
