"""Answers a query from the books."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.quickbooks.books.books import LISTS, Books
from sandbox.quickbooks.query.conditions import test_for
from sandbox.quickbooks.query.order import in_order
from sandbox.quickbooks.query.parsing import Query, parsed
from sandbox.quickbooks.wire import list_shapes, tax_shapes
from sandbox.quickbooks.wire.parts import Shape
from sandbox.quickbooks.wire.rendering import narrowed, rendered

OF_THE_COMPANY: Mapping[str, Callable[[Books], Shape]] = {
    "CompanyInfo": list_shapes.company_info,
    "Preferences": list_shapes.preferences,
}
"""There is exactly one of each."""
SET_UP: Mapping[str, Callable[[Books], list[Shape]]] = {
    "TaxCode": tax_shapes.tax_codes,
    "TaxRate": tax_shapes.tax_rates,
}
"""Short lists that nobody edits here. They are read whole: no conditions are modelled."""


def answer(books: Books, text: str) -> Shape:
    """The value of `QueryResponse`; empty if there is nothing to answer. Refused says what is wrong."""
    query = parsed(text)
    if query.entity in OF_THE_COMPANY:
        return {query.entity: [OF_THE_COMPANY[query.entity](books)], "startPosition": 1, "maxResults": 1}
    if query.entity in SET_UP:
        shapes = SET_UP[query.entity](books)
        return {query.entity: shapes, "startPosition": 1, "maxResults": len(shapes)} if shapes else {}
    found = _found(books, query)
    if query.counting:
        return {"totalCount": len(found)}
    page = found[query.start - 1 : query.start - 1 + query.most]
    if not page:
        return {}
    rows = [narrowed(books, r, query.fields) if query.fields else rendered(books, r) for r in page]
    return {query.entity: rows, "startPosition": query.start, "maxResults": len(rows)}


def _found(books: Books, query: Query) -> Sequence[Any]:
    found = in_order(books, query.entity, query.orders)
    for condition in query.conditions:
        test = test_for(query.entity, condition, books.zone)
        found = [record for record in found if test(record)]
    if query.entity in LISTS and not any(c.field == "Active" for c in query.conditions):
        found = [record for record in found if record.active]
    return found
