"""Records in order, kept until one of their entity changes: sorting 10,000 for every page would cost."""

from collections.abc import Callable, Sequence
from typing import Any

from sandbox.quickbooks.books.books import LISTS, Books
from sandbox.quickbooks.query.fields import FIELDS, Field, Kind
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
    records = list(books.all_of(entity).values())  # by id: ids only grow
    if not orders and entity in LISTS:
        records.sort(key=lambda record: str(record.name).casefold())
    elif not orders:
        records.reverse()
    for order in reversed(orders):
        records.sort(key=_key(FIELDS[entity][order.field]), reverse=order.descending)
    return records


def _key(field: Field) -> Callable[[Any], Any]:
    if field.kind is not Kind.TEXT:
        return field.read
    return lambda record: field.read(record) or ""
