"""The change data capture: what changed since a moment, deleted records included.

Sources: Intuit's change-data-capture page (30 days, 1,000 objects, no tokens for more).
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sandbox.quickbooks.books import rules
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.records import Record, Tombstone
from sandbox.quickbooks.query.fields import FIELDS
from sandbox.quickbooks.query.literals import read_moment
from sandbox.quickbooks.wire.parts import Shape
from sandbox.quickbooks.wire.rendering import rendered, tombstone

LOOK_BACK = timedelta(days=30)
MOST_OBJECTS = 1000


def changes(books: Books, entities: str, since: str) -> list[Shape]:
    """One element per entity asked for, in their order. Refused says what is wrong.

    A window begins with its own second. Of more than 1,000 objects in all the newest are missing, and
    nothing tells of it (which ones are missing is assumed).
    """
    wanted, start = _entities(entities), _start(books, since)
    found: list[Record | Tombstone] = [
        record
        for entity in wanted
        for record in (*books.all_of(entity).values(), *_deleted(books, entity))
        if record.updated >= start
    ]
    found.sort(key=lambda record: record.updated)
    by_entity: dict[str, list[Any]] = defaultdict(list)
    for record in found[:MOST_OBJECTS]:
        shown = tombstone(books, record) if isinstance(record, Tombstone) else rendered(books, record)
        by_entity[record.entity].append(shown)
    return [_element(entity, by_entity[entity]) for entity in wanted]


def _element(entity: str, rows: Sequence[Any]) -> Shape:
    return {entity: rows, "startPosition": 1, "maxResults": len(rows)} if rows else {}


def _deleted(books: Books, entity: str) -> list[Tombstone]:
    return [stone for stone in books.deleted if stone.entity == entity]


def _entities(text: str) -> list[str]:
    known = {entity.lower(): entity for entity, fields in FIELDS.items() if fields}
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise rules.missing("entities")
    for name in names:
        if name.lower() not in known:
            raise rules.bad_property("entities", f"{name} has no change data capture")
    return list(dict.fromkeys(known[name.lower()] for name in names))


def _start(books: Books, text: str) -> datetime:
    if not text:
        raise rules.missing("changedSince")
    try:
        start = read_moment(text, books.zone)
    except ValueError:
        raise rules.bad_property("changedSince", f"{text!r} is no date and time") from None
    if start < books.now() - LOOK_BACK:
        raise rules.bad_property("changedSince", "changes are kept for 30 days")
    return start.replace(microsecond=0)
