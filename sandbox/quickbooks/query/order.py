"""Records in order, kept until one of their entity changes: sorting 10,000 for every page would cost."""

from collections.abc import Sequence
from typing import Any

from sandbox.quickbooks.books.books import LISTS, Books
from sandbox.quickbooks.query.fields import FIELDS
from sandbox.quickbooks.query.parsing import Order


def in_order(books: Books, entity: str, orders: Sequence[Order]) -> Sequence[Any]:
    """All records of an entity, sorted; equal ones by id, so that pages do not overlap.

    Without an order, lists come by name and transactions newest first (assumed).
    """
    key = (entity, *orders)
    version = books.versions[entity]
    known = books.kept_orders.get(key)
    if known is None or known[0] != version:
        known = books.kept_orders[key] = (version, _sorted(books, entity, orders))
    return known[1]


def _sorted(books: Books, entity: str, orders: Sequence[Order]) -> list[Any]:
    records = sorted(books.all_of(entity).values(), key=lambda record: int(record.id))
    if not orders and entity in LISTS:
        records.sort(key=lambda record: str(record.name).casefold())
    elif not orders:
        records.reverse()
    for order in reversed(orders):
        read = FIELDS[entity][order.field].read
        records.sort(
            key=lambda record: (read(record) is not None, read(record)),
            reverse=order.descending,
        )
    return records
