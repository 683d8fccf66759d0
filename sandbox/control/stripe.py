"""Stripe without a browser: books, paying, onboarding, webhooks again."""

from typing import Any

from flask import Blueprint, request

from sandbox.control.wishes import Wishes
from sandbox.stripe import edits
from sandbox.world import World


def add_routes(control: Blueprint, world: World) -> None:
    """/control/stripe/..."""

    @control.get("/stripe/books")
    def stripe_books() -> dict[str, Any]:
        with world.lock:
            return edits.books(world.stripe)

    @control.post("/stripe/sessions/<number>/pay")
    def pay_session(number: str) -> dict[str, Any]:
        wishes = Wishes.of(request)
        method, email = wishes.optional_text("method") or "card", wishes.optional_text("email") or ""
        with world.lock:
            return edits.pay_session(world.stripe, number, method, email)

    @control.post("/stripe/accounts/<number>/complete")
    def complete_account(number: str) -> dict[str, str]:
        return switch(number, "active")

    @control.post("/stripe/accounts/<number>/card-payments")
    def switch_account(number: str) -> dict[str, str]:
        return switch(number, Wishes.of(request).text("status"))

    @control.post("/stripe/webhooks/replay")
    def replay() -> dict[str, int]:
        wishes = Wishes.of(request)
        times = wishes.count("times") or 1
        with world.lock:
            sent = edits.replay_webhooks(world.stripe, times=times, shuffle=wishes.flag("shuffle"))
        return {"queued": sent}

    def switch(number: str, status: str) -> dict[str, str]:
        with world.lock:
            edits.switch_account(world.stripe, number, status)
        return {"id": number, "card_payments": status}
