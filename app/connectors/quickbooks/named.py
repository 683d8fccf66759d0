"""Reads records by their ids. One that a query does not find is asked for by itself: only a plain `not found`
(code 610) proves that it no longer exists. Of many, as after somebody deleted a year, a sample is asked for: if all
of it is gone, the queries can be believed.
"""

import random
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from msgspec import Raw

from app.connectors.base import InvoiceRecord, Resource
from app.connectors.fields import Senseless, present_in, read_row
from app.connectors.quickbooks import mapping, wire
from app.connectors.quickbooks.asking import asked
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.company import QUERIES, Company
from app.connectors.quickbooks.listings import LISTINGS, Listing
from app.connectors.quickbooks.quoting import quoted
from app.kit.errors import NotFound

_IDS_PER_QUERY = 200  # how long a query may be is not written down anywhere
_QUERIES_PER_BATCH = 5
_IDS_AT_ONCE = _IDS_PER_QUERY * _QUERIES_PER_BATCH
_SAMPLE = 10


def invoices_named(
    client: QuickBooksClient, company: Company, external_ids: Sequence[str]
) -> dict[str, InvoiceRecord | None]:
    """The invoices by id; None for one that no longer exists. One that makes no sense is absent."""
    listing = LISTINGS[Resource.INVOICES]
    found: dict[str, InvoiceRecord | None] = {}
    for wanted in _portions(external_ids):
        # The company comes along in the same call: its currency is needed to read an invoice.
        about_company = () if company.is_known else QUERIES
        answers = asked(client, [*about_company, *_queries(listing, wanted)])
        if about_company:
            company.understood(answers[: len(QUERIES)])
        home = company.known().home
        raws = _by_id(raw for rows in answers[len(about_company) :] for raw in rows.of(listing.entity))
        gone = _gone(client, listing, [key for key in wanted if key not in raws])
        for external_id in wanted:
            raw = None if external_id in gone else raws.get(external_id) or _one(client, listing, external_id)
            if raw is None:
                found[external_id] = None
                continue
            with suppress(Senseless):
                found[external_id] = mapping.invoice(read_row(raw, wire.Invoice), home)
    return found


def missing_of(client: QuickBooksClient, resource: Resource, external_ids: Sequence[str]) -> set[str]:
    """Which of these no longer exist."""
    listing = LISTINGS[resource]
    missing: set[str] = set()
    for wanted in _portions(external_ids):
        answers = asked(client, _queries(listing, wanted))
        present = _by_id(raw for rows in answers for raw in rows.of(listing.entity))
        missing |= _gone(client, listing, [key for key in wanted if key not in present])
    return missing


def _gone(client: QuickBooksClient, listing: Listing[Any], unseen: Sequence[str]) -> set[str]:
    """Which of the records that a query did not find no longer exist."""
    sample = unseen if len(unseen) <= _SAMPLE else random.sample(unseen, _SAMPLE)
    gone = {external_id for external_id in sample if _one(client, listing, external_id) is None}
    return set(unseen) if len(gone) == len(sample) else gone


def _portions(external_ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (external_ids[at : at + _IDS_AT_ONCE] for at in range(0, len(external_ids), _IDS_AT_ONCE))


def _queries(listing: Listing[Any], external_ids: Sequence[str]) -> list[str]:
    """Queries for records of these ids, inactive ones included."""
    condition = f"{listing.condition} and" if listing.condition else " where"
    queries: list[str] = []
    for at in range(0, len(external_ids), _IDS_PER_QUERY):
        ids = ", ".join(quoted(external_id) for external_id in external_ids[at : at + _IDS_PER_QUERY])
        queries.append(
            f"select * from {listing.entity}{condition} Id in ({ids}) maxresults {_IDS_PER_QUERY}"  # noqa: S608
        )
    return queries


def _by_id(raws: Iterable[Raw]) -> dict[str, Raw]:
    """The rows that say who they are."""
    found: dict[str, Raw] = {}
    for raw in raws:
        with suppress(Senseless):
            found[present_in(read_row(raw, wire.Row).id, "A row", "id")] = raw
    return found


def _one(client: QuickBooksClient, listing: Listing[Any], external_id: str) -> Raw | None:
    """The record by itself; None if it no longer exists."""
    try:
        return client.read(f"{listing.path}/{quote(external_id, safe='')}").record(listing.entity)
    except NotFound:
        return None
