"""Single records, queries, the change data capture, and the company itself."""

from typing import Any

from flask import Response, request

from sandbox.pdf import one_page
from sandbox.quickbooks.api.door import PDF, Caller, Door
from sandbox.quickbooks.api.operations import OPERATIONS, found
from sandbox.quickbooks.books import rules
from sandbox.quickbooks.query.answering import answer
from sandbox.quickbooks.query.changes import changes
from sandbox.quickbooks.query.tokens import unreadable
from sandbox.quickbooks.wire import list_shapes
from sandbox.quickbooks.wire.rendering import rendered

QUERY_TYPES = ("application/text", "text/plain")


def add_routes(door: Door) -> None:
    """GET /<entity>/<id>, GET and POST /query, GET /cdc, /companyinfo/<realm> and /preferences."""
    for entity in OPERATIONS:
        _add_single(door, entity)

    @door.route("/invoice/<identity>/pdf", "GET")
    def invoice_pdf(caller: Caller, identity: str) -> Response:
        """developer.intuit.com, Invoice: get an invoice as PDF."""
        invoice = found(caller.books, "Invoice", identity)
        lines = ["INVOICE", invoice.number, invoice.customer.name]
        return Response(one_page(lines), 200, content_type=PDF)

    @door.route("/query", "GET")
    def query(caller: Caller) -> dict[str, Any]:
        return {"QueryResponse": answer(caller.books, request.args.get("query", ""))}

    @door.route("/query", "POST")
    def posted_query(caller: Caller) -> dict[str, Any]:
        return {"QueryResponse": answer(caller.books, _posted())}

    @door.route("/cdc", "GET")
    def cdc(caller: Caller) -> dict[str, Any]:
        entities, since = request.args.get("entities", ""), request.args.get("changedSince", "")
        return {"CDCResponse": [{"QueryResponse": changes(caller.books, entities, since)}]}

    @door.route("/companyinfo/<identity>", "GET")
    def company_info(caller: Caller, identity: str) -> dict[str, Any]:
        if identity != caller.books.realm_id:
            raise rules.not_found("CompanyInfo", identity)
        return {"CompanyInfo": list_shapes.company_info(caller.books)}

    @door.route("/preferences", "GET")
    def preferences(caller: Caller) -> dict[str, Any]:
        return {"Preferences": list_shapes.preferences(caller.books)}


def _add_single(door: Door, entity: str) -> None:
    def single(caller: Caller, identity: str) -> dict[str, Any]:
        return {entity: rendered(caller.books, found(caller.books, entity, identity))}

    single.__name__ = f"read_{entity.lower()}"
    door.route(f"/{entity.lower()}/<identity>", "GET")(single)


def _posted() -> str:
    """The text of a query that was posted. Assumed: JSON is refused with 4000."""
    if request.mimetype not in QUERY_TYPES:
        raise unreadable("a query is posted as application/text")
    try:
        return request.get_data().decode()
    except UnicodeDecodeError:
        raise unreadable("the query is not in UTF-8") from None
