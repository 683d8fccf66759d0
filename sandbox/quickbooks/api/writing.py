"""Creating, changing, voiding and deleting single records."""

from typing import Any

from flask import request

from sandbox.quickbooks.api.bodies import Body, parsed
from sandbox.quickbooks.api.door import Caller, Door
from sandbox.quickbooks.api.once import once
from sandbox.quickbooks.api.operations import OPERATIONS, carry_out


def add_routes(door: Door) -> None:
    """POST /<entity>, with ?operation=update, void or delete, or ?operation=update&include=void."""
    for entity in OPERATIONS:
        _add_write(door, entity)


def _add_write(door: Door, entity: str) -> None:
    def write(caller: Caller) -> dict[str, Any]:
        def run() -> dict[str, Any]:
            body = parsed(request.get_data())
            return carry_out(caller.books, entity, _operation(body), body)

        return once(caller.books, request.args.get("requestid", ""), run)

    write.__name__ = f"write_{entity.lower()}"
    door.route(f"/{entity.lower()}", "POST")(write)


def _operation(body: Body) -> str:
    """What to do: as the address says, else an update if the body has an id, else a new record."""
    if "void" in request.args.get("include", ""):
        return "void"
    otherwise = "update" if body.text("Id") else "create"
    return request.args.get("operation", otherwise).lower()
