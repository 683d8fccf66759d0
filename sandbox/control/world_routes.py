"""Counters, deliveries, and starting over."""

from typing import Any

from flask import Blueprint, request

from sandbox.beginning import reset_world
from sandbox.control.wishes import Wishes
from sandbox.world import World


def add_routes(control: Blueprint, world: World) -> None:
    """GET /control/counters, GET /control/deliveries, POST /control/reset."""

    @control.get("/counters")
    def counters() -> dict[str, Any]:
        with world.lock:
            calls = dict(sorted(world.counters.items()))
            metered = dict(sorted(world.metered.items()))
        return {"calls": calls, "metered": metered, "webhooks": world.webhooks.counts()}

    @control.get("/deliveries")
    def deliveries() -> list[dict[str, Any]]:
        return world.webhooks.deliveries()

    @control.post("/reset")
    def reset() -> dict[str, Any]:
        wishes = Wishes.of(request)
        reset_world(
            world,
            company=wishes.optional_text("company"),
            seed=wishes.count("seed"),
            rewind=wishes.flag("rewind"),
        )
        return {"company": world.settings.company, "seed": world.settings.seed}

    @control.errorhandler(ValueError)
    def refuse(problem: ValueError) -> tuple[dict[str, str], int]:
        return {"error": str(problem)}, 400

    @control.errorhandler(LookupError)
    def not_there(problem: LookupError) -> tuple[dict[str, str], int]:
        return {"error": str(problem.args[0] if problem.args else problem)}, 404
