"""Several operations and queries in one call. Items fault one by one; the call itself answers 200.

Source: Intuit's batch operation, at most 30 items. Assumed: the codes of refusals of the whole call.
"""

from typing import Any

from flask import request

from sandbox.quickbooks.api.bodies import Body, parsed
from sandbox.quickbooks.api.door import Caller, Door
from sandbox.quickbooks.api.once import LONGEST_KEY_OF_A_BATCH, once
from sandbox.quickbooks.api.operations import OPERATIONS, carry_out
from sandbox.quickbooks.books import rules
from sandbox.quickbooks.query.answering import answer
from sandbox.quickbooks.refusals import fault_of

MOST_ITEMS = 30
LONGEST_ID_WITH_REQUESTID = 10


def add_routes(door: Door) -> None:
    """POST /batch."""

    @door.route("/batch", "POST")
    def batch(caller: Caller) -> dict[str, Any]:
        key = request.args.get("requestid", "")

        def run() -> dict[str, Any]:
            items = _items(parsed(request.get_data()), with_key=bool(key))
            return {"BatchItemResponse": [_outcome(caller, item) for item in items]}

        return once(caller.books, key, run, LONGEST_KEY_OF_A_BATCH)


def _items(body: Body, *, with_key: bool) -> list[Body]:
    items = list(body.parts("BatchItemRequest"))
    if not items:
        raise rules.missing("BatchItemRequest")
    if len(items) > MOST_ITEMS:
        raise rules.unsound(f"A batch has at most {MOST_ITEMS} items, not {len(items)}.")
    for item in items:
        if len(item.needed("bId")) > LONGEST_ID_WITH_REQUESTID and with_key:
            detail = f"bId has at most {LONGEST_ID_WITH_REQUESTID} characters in a batch with a requestid."
            raise rules.Refused("2130", "Invalid Request Id", detail, "bId")
    return items


def _outcome(caller: Caller, item: Body) -> dict[str, Any]:
    identity = {"bId": item.text("bId")}
    try:
        return identity | _answer(caller, item)
    except rules.Refused as refused:
        return identity | fault_of(refused)


def _answer(caller: Caller, item: Body) -> dict[str, Any]:
    if query := item.text("Query"):
        return {"QueryResponse": answer(caller.books, query)}
    entity = next((entity for entity in OPERATIONS if entity in item.fields), None)
    if entity is None:
        raise rules.bad_property("BatchItemRequest", "an item needs a Query or a record that is modelled")
    caller.check_plan(entity)
    operation = "void" if item.text("optionsData") == "void" else item.needed("operation").lower()
    return carry_out(caller.books, entity, operation, item.part(entity))
