"""Records in order, kept until one of their kind changes: sorting 10,000 for every page would cost."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from sandbox.xero.books.books import Books
from sandbox.xero.query.fields import FIELDS

_by_id = attrgetter("id")


def in_order(books: Books, kind: type, field: str, descending: bool) -> Sequence[Any]:
    """All records of a kind by one field; equal values keep one order by id, so pages do not overlap."""
    version = books.versions[kind]
    known = books.kept_orders.get((kind, field, descending))
    if known is None or known[0] != version:
        read = FIELDS[kind][field]
        # Records are only ever added, at the end; sorting what is nearly in order already is quick.
        records = list(known[1]) if known else sorted(books.all_of(kind), key=_by_id)
        records += list(books.all_of(kind))[len(records) :]
        records.sort(key=lambda record: read(record) or "", reverse=descending)
        known = books.kept_orders[kind, field, descending] = (version, records)
    return known[1]
