"""What became of entries of ours: one call for all that was touched since the last look, and one for transfers.

Bank transactions tell their deletion by status and time of change. A deleted transfer is left out of the list, and the
list has no pages; one that is not listed is asked for by itself before it counts as gone.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal

from app.connectors.base import EntryKind, EntryNow, MadeEntry
from app.connectors.fields import Senseless
from app.connectors.xero import wire
from app.connectors.xero.booking_rows import GONE, listed
from app.connectors.xero.client import XeroClient
from app.connectors.xero.dates import query_date
from app.connectors.xero.fields import day_in
from app.connectors.xero.written import read_rows
from app.kit.errors import NotFound

_MONEY = frozenset({EntryKind.FEE, EntryKind.REFUND, EntryKind.INCOME, EntryKind.OVERPAYMENT})
_Row = wire.BankTransaction | wire.BankTransfer


def amended(
    client: XeroClient, made: Collection[MadeEntry], since: datetime
) -> dict[MadeEntry, EntryNow | None]:
    """How those that were touched stand now, and of transfers all that are watched."""
    money = {one.external_id: one for one in made if one.kind in _MONEY}
    transfers = {one.external_id: one for one in made if one.kind is EntryKind.TRANSFER}
    return {**dict(_money(client, money, since)), **dict(_transfers(client, transfers))}


def _money(
    client: XeroClient, made: dict[str, MadeEntry], since: datetime
) -> Iterator[tuple[MadeEntry, EntryNow | None]]:
    if not made:
        return
    rows = listed(
        client,
        "BankTransactions",
        None,
        lambda answer: answer.bank_transactions,
        wire.BankTransaction,
        since=since,
    )
    for row in rows:
        entry = made.get((row.id or "").lower())
        if entry is not None:
            yield entry, _now(row, row.total)


def _transfers(client: XeroClient, made: dict[str, MadeEntry]) -> Iterator[tuple[MadeEntry, EntryNow | None]]:
    if not made:
        return
    first = min(one.booked_on for one in made.values())
    answer = client.read("BankTransfers", {"where": f"Date>={query_date(first)}"})
    told = {
        (row.id or "").lower(): row
        for row in read_rows(answer.bank_transfers, wire.BankTransfer, is_write=False)
    }
    for external_id, entry in made.items():
        row = told.get(external_id) or _one_transfer(client, external_id)
        yield entry, _now(row, row.amount) if row is not None else None


def _one_transfer(client: XeroClient, external_id: str) -> wire.BankTransfer | None:
    """A transfer that the list leaves out, perhaps because it has another day now; None if it is gone."""
    try:
        answer = client.read(f"BankTransfers/{external_id}")
    except NotFound:
        return None
    rows = read_rows(answer.bank_transfers, wire.BankTransfer, is_write=False)
    return rows[0] if rows else None


def _now(row: _Row, amount: Decimal | None) -> EntryNow | None:
    if row.status in GONE or amount is None:
        return None
    return EntryNow(amount, _day(row.dated))


def _day(text: str | None) -> date | None:
    with suppress(Senseless):
        return day_in(text, "An entry", "date")
    return None
