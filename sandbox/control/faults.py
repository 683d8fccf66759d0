"""Asking vendors to misbehave."""

from typing import Any

from flask import Blueprint, request

from sandbox.control.wishes import Wishes
from sandbox.faults import Fault
from sandbox.world import World


def add_routes(control: Blueprint, world: World) -> None:
    """GET, POST and DELETE /control/faults, DELETE /control/faults/<id>; a form removes by POST."""

    @control.get("/faults")
    def list_faults() -> list[dict[str, Any]]:
        return world.faults.listing()

    @control.post("/faults")
    def add_fault() -> tuple[dict[str, str], int]:
        return {"id": world.faults.add(wanted_fault(Wishes.of(request)))}, 201

    @control.delete("/faults")
    def clear_faults() -> tuple[str, int]:
        world.faults.clear()
        return "", 204

    @control.delete("/faults/<number>")
    @control.post("/faults/<number>/remove")
    def remove_fault(number: str) -> tuple[str, int]:
        if not world.faults.remove(number):
            raise LookupError(f"there is no fault {number}")
        return "", 204


def wanted_fault(wishes: Wishes) -> Fault:
    """A missing `times` means once, null or "always" means until it is removed."""
    always = wishes.fields.get("times", 1) in (None, "always")
    return Fault(
        vendor=wishes.text("vendor"),
        kind=wishes.text("kind"),
        match=wishes.optional_text("match") or "",
        times=None if always else wishes.count("times") or 1,
        value=wishes.number("value", 0),
        detail=wishes.optional_text("detail") or "",
    )
