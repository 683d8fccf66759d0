"""Stripe without a browser: books, paying, how accounts stand, webhooks again."""

from typing import Any

from flask import Blueprint, request

from sandbox.control.editing import EditRoutes
from sandbox.control.wishes import Wishes
from sandbox.stripe import edits, standing
from sandbox.stripe.dashboard import connected
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

    _add_standing(control, world)
    _add_webhooks(control, world)

    def switch(number: str, status: str) -> dict[str, str]:
        with world.lock:
            edits.switch_account(world.stripe, number, status)
        return {"id": number, "card_payments": status}


def _add_webhooks(control: Blueprint, world: World) -> None:
    """What was told is told again; what comes is kept back for a while."""

    @control.post("/stripe/webhooks/replay")
    def replay() -> dict[str, int]:
        wishes = Wishes.of(request)
        times = wishes.count("times") or 1
        with world.lock:
            sent = edits.replay_webhooks(
                world.stripe,
                times=times,
                shuffle=wishes.flag("shuffle"),
                kind=wishes.optional_text("type") or "*",
                retold=wishes.flag("retold"),
            )
        return {"queued": sent}

    @control.post("/stripe/webhooks/hold")
    def hold() -> dict[str, str]:
        kind = Wishes.of(request).optional_text("type") or "*"
        with world.lock:
            world.stripe.events.hold(kind)
        return {"held": kind}

    @control.post("/stripe/webhooks/release")
    def release() -> dict[str, int]:
        shuffle = Wishes.of(request).flag("shuffle")
        with world.lock:
            return {"queued": world.stripe.events.release(shuffle=shuffle)}


def _add_standing(control: Blueprint, world: World) -> None:
    """Other capabilities, requirements, closing, and throwing the platform out."""
    edits_of = EditRoutes(control, world, "stripe")
    edits_of.add("/accounts/<number>/capability", _capability)
    edits_of.add("/accounts/<number>/requirement", _requirement)
    edits_of.add("/accounts/<number>/close", _close)
    edits_of.add("/accounts/<number>/deauthorize", _deauthorize)


def _capability(world: World, wishes: Wishes, number: str) -> dict[str, str]:
    name, status = wishes.text("capability"), wishes.text("status")
    edits.switch_capability(world.stripe, number, name, status, wishes.optional_text("code") or "")
    return {"id": number, name: status}


def _requirement(world: World, wishes: Wishes, number: str) -> dict[str, str]:
    account, name = connected(world.stripe, number), wishes.text("name")
    if wishes.flag("met"):
        standing.meet(world.stripe, account, name)
        return {"id": number, name: "met"}
    deadline = wishes.optional_text("deadline") or "currently_due"
    if deadline not in standing.DEADLINES:
        raise ValueError(f"deadline must be one of {', '.join(standing.DEADLINES)}, not {deadline!r}")
    awaiting, problem = wishes.optional_text("awaiting") or "user", wishes.optional_text("problem") or ""
    standing.require(world.stripe, account, name, deadline, awaiting, problem)
    return {"id": number, name: deadline}


def _close(world: World, _wishes: Wishes, number: str) -> dict[str, str]:
    standing.close(world.stripe, connected(world.stripe, number))
    return {"id": number}


def _deauthorize(world: World, _wishes: Wishes, number: str) -> dict[str, str]:
    standing.deauthorize(world.stripe, connected(world.stripe, number))
    return {"id": number}
