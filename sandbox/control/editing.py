"""How edits of a ledger become routes: each takes the world and what the caller wishes."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from flask import Blueprint, request

from sandbox.control.wishes import Wishes
from sandbox.world import World

Edit = Callable[..., Any]
Given = TypeVar("Given", date, Decimal, int)
DEFAULT_EDITS = 50


class EditRoutes:
    """POST routes below /control/<vendor>; each edit runs under the world's lock."""

    def __init__(self, control: Blueprint, world: World, vendor: str) -> None:
        self._control, self._world, self._vendor = control, world, vendor

    def add(self, rule: str, edit: Edit) -> None:
        """Serve an edit, which is called with the world, the wishes and the parts of the path."""

        def view(**path: str) -> dict[str, Any]:
            wishes = Wishes.of(request)
            with self._world.lock:
                return _answer(edit(self._world, wishes, **path))

        endpoint = f"{self._vendor} {rule}".replace(".", " ")
        self._control.add_url_rule(f"/{self._vendor}{rule}", endpoint, view, methods=["POST"])


def required(value: Given | None, name: str) -> Given:
    """A field that cannot be missing."""
    if value is None:
        raise ValueError(f"{name} is missing")
    return value


def edits_wanted(wishes: Wishes) -> tuple[int, int]:
    """How large a storm is to be, and its seed."""
    wanted = wishes.count("edits")
    return DEFAULT_EDITS if wanted is None else wanted, wishes.count("seed") or 0


def _answer(record: Any) -> dict[str, Any]:
    """The record that was made or changed, by its id and what else it has of a number and a status."""
    if isinstance(record, dict):
        return record
    named = {name: getattr(record, name, None) for name in ("id", "number", "status")}
    return {name: value for name, value in named.items() if value is not None}
