"""Answers a list call from its query string and headers."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Request

from sandbox.xero.api.refusals import bad_query
from sandbox.xero.query.fields import FIELDS, SORTABLE
from sandbox.xero.query.where import Test, WhereError, parsed
from sandbox.xero.wire.dates import read_modified_since
from sandbox.xero.wire.shapes import Depth

DEFAULT_PAGE_SIZE = 100
LARGEST_PAGE_SIZE = 1000


@dataclass(frozen=True)
class Page:
    """Which slice was asked for."""

    number: int
    size: int

    def of(self, count: int) -> dict[str, int]:
        pages = -(-count // self.size)
        return {"page": self.number, "pageSize": self.size, "pageCount": pages, "itemCount": count}


@dataclass(frozen=True)
class Listing:
    """What a list call asked for."""

    page: Page | None
    tests: Sequence[Test]
    order: str
    descending: bool
    depth: Depth


def wanted(
    request: Request, kind: type, choices: Mapping[str, Callable[[Any], str]], *, paged: bool = True
) -> Listing:
    """Read a list call for one kind of record. Refuses what Xero would not understand.

    `choices` are the comma-separated parameters this endpoint has (IDs, Statuses, ...) with the field
    that each chooses by. Endpoints that are not `paged` ignore `page`.
    """
    tests = [_chosen(read, request.args[name]) for name, read in choices.items() if request.args.get(name)]
    if where := request.args.get("where"):
        try:
            tests.append(parsed(where, FIELDS[kind]))
        except WhereError as problem:
            raise bad_query(f"{problem} in where clause") from None
    if since := request.headers.get("If-Modified-Since"):
        tests.append(_changed_since(since))
    order, descending = _order(request.args.get("order", "UpdatedDateUTC ASC"), kind)
    page = _page(request) if paged else None
    return Listing(page, tests, order, descending, _depth(request, page))


def selected(listing: Listing, in_order: Sequence[Any]) -> tuple[Sequence[Any], dict[str, Any]]:
    """The records of the page, and the `pagination` to answer with them (none for calls without page)."""
    found = in_order
    for test in listing.tests:
        found = [record for record in found if test(record)]
    if listing.page is None:
        return found, {}
    start = (listing.page.number - 1) * listing.page.size
    return found[start : start + listing.page.size], {"pagination": listing.page.of(len(found))}


def _chosen(read: Callable[[Any], str], names: str) -> Test:
    allowed: Collection[str] = {name.strip().lower() for name in names.split(",")}
    return lambda record: read(record).lower() in allowed


def _changed_since(header: str) -> Test:
    try:
        since: datetime = read_modified_since(header)
    except ValueError:
        raise bad_query("If-Modified-Since is no date such as 2026-11-20T09:30:00") from None
    return lambda record: bool(record.updated >= since)


def _order(text: str, kind: type) -> tuple[str, bool]:
    field, _, direction = text.strip().partition(" ")
    direction = direction.strip().upper() or "ASC"
    if field not in SORTABLE[kind] or direction not in {"ASC", "DESC", "ASCENDING", "DESCENDING"}:
        raise bad_query(f"{text!r} is no order")
    return field, direction.startswith("DESC")


def _page(request: Request) -> Page | None:
    number = _whole(request, "page", 1)
    size = _whole(request, "pageSize", DEFAULT_PAGE_SIZE)
    if number < 1 or not 1 <= size <= LARGEST_PAGE_SIZE:
        raise bad_query(f"page starts at 1 and pageSize is 1 to {LARGEST_PAGE_SIZE}")
    return Page(number, size) if "page" in request.args else None


def _whole(request: Request, name: str, default: int) -> int:
    try:
        return int(request.args.get(name, default))
    except ValueError:
        raise bad_query(f"{name} must be a whole number") from None


def _depth(request: Request, page: Page | None) -> Depth:
    if request.args.get("summaryOnly", "").lower() == "true":
        return Depth.SUMMARY
    return Depth.PAGED if page else Depth.LIGHT
