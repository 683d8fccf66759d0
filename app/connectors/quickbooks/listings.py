"""How each resource is listed at QuickBooks, and how its rows are read. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from msgspec import Raw

from app.connectors.base import DeletedRecord, Record, Resource
from app.connectors.fields import Senseless, present_in, read_row
from app.connectors.quickbooks import mapping, wire
from app.connectors.quickbooks.fields import moment_in

RowT = TypeVar("RowT", bound=wire.Row)
DELETED = "Deleted"
"""The status of what CDC tells of a record that is gone."""
_INACTIVE_TOO = " where Active in (true, false)"  # QuickBooks hides inactive customers and accounts


@dataclass(frozen=True)
class Listing(Generic[RowT]):
    """One resource: its name at QuickBooks, and what a row becomes in a company of some home currency."""

    entity: str
    kind: type[RowT]
    record: Callable[[RowT, str], Record]
    condition: str = ""
    """What makes a query find every row."""

    @property
    def path(self) -> str:
        """Where one record is read by its id."""
        return self.entity.lower()


LISTINGS: Mapping[Resource, Listing[Any]] = {
    Resource.CUSTOMERS: Listing("Customer", wire.Customer, mapping.customer, _INACTIVE_TOO),
    Resource.ACCOUNTS: Listing("Account", wire.Account, mapping.account, _INACTIVE_TOO),
    Resource.INVOICES: Listing("Invoice", wire.Invoice, mapping.invoice),
    Resource.CREDIT_NOTES: Listing("CreditMemo", wire.CreditMemo, mapping.credit_note),
    Resource.PAYMENTS: Listing("Payment", wire.Payment, mapping.payment),
}


@dataclass
class Reading:
    """What some raw rows turned out to be."""

    records: list[Record] = field(default_factory=list)
    deleted: list[DeletedRecord] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    row_count: int = 0
    versions: dict[str, str] = field(default_factory=dict)
    """The ids of all rows, with their versions."""


def read_rows(
    listing: Listing[Any], raws: Iterable[Raw], home: str, known: Mapping[str, str] | None = None
) -> Reading:
    """The rows, without those that are `known` in the same version."""
    reading = Reading()
    for raw in raws:
        reading.row_count += 1
        try:
            row = read_row(raw, listing.kind)
            if _came_before(reading, row, known or {}):
                reading.row_count -= 1
            elif row.status == DELETED:
                reading.deleted.append(_gone(listing, row))
            else:
                reading.records.append(listing.record(row, home))
        except Senseless as wrong:
            reading.left_out.append(str(wrong))
    return reading


def _came_before(reading: Reading, row: wire.Row, known: Mapping[str, str]) -> bool:
    if row.id is None:
        return False
    reading.versions[row.id] = version = f"{row.sync_token} {row.changed_at}"
    return known.get(row.id) == version


def _gone(listing: Listing[Any], row: wire.Row) -> DeletedRecord:
    what = f"{listing.entity} {row.id}"
    return DeletedRecord(present_in(row.id, what, "id"), moment_in(row.changed_at, what))
