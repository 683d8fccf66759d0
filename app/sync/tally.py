"""What the ledger handed over, added up: counts and sums by state and currency. Pure.

It shares no arithmetic with the writing: this side is added up here, the mirror's side by the database.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from app.connectors.base import CreditNoteRecord, DeletedRecord, InvoiceRecord, PaymentRecord, Record

NOTHING = (0, Decimal(0), Decimal(0))
Sums = tuple[int, Decimal, Decimal]
"""How many, their total, and what is left of it to pay or to use."""
Group = tuple[str, str]
"""State and currency."""


class _Figures(NamedTuple):
    changed_at: datetime
    group: Group | None
    """None: it takes no part in the sums."""
    total: Decimal
    left: Decimal


class Tally:
    """The latest word on each record of one resource."""

    def __init__(self) -> None:
        self._latest: dict[str, _Figures] = {}

    @property
    def external_ids(self) -> set[str]:
        """Every record that was handed over and is not known to be gone."""
        return set(self._latest)

    def add(self, records: Iterable[Record], deleted: Iterable[DeletedRecord] = ()) -> None:
        """Count what an answer held. What was changed later replaces what was changed earlier."""
        for record in records:
            known = self._latest.get(record.external_id)
            if known is None or known.changed_at <= record.changed_at:
                self._latest[record.external_id] = _figures(record)
        for gone in deleted:
            known = self._latest.get(gone.external_id)
            if known is not None and known.changed_at <= gone.deleted_at:
                del self._latest[gone.external_id]

    def sums(self) -> Mapping[Group, Sums]:
        sums: dict[Group, Sums] = defaultdict(lambda: NOTHING)
        for figures in self._latest.values():
            if figures.group is not None:
                count, total, left = sums[figures.group]
                sums[figures.group] = (count + 1, total + figures.total, left + figures.left)
        return sums


def _figures(record: Record) -> _Figures:
    match record:
        case InvoiceRecord():
            group = (record.state.value, record.currency)
            return _Figures(record.changed_at, group, record.total, record.amount_due)
        case CreditNoteRecord():
            group = (record.state.value, record.currency)
            return _Figures(record.changed_at, group, record.total, record.remaining)
        case PaymentRecord(is_deleted=False):
            return _Figures(record.changed_at, ("live", record.currency), record.amount, record.unapplied)
        case _:
            return _Figures(record.changed_at, None, Decimal(0), Decimal(0))
