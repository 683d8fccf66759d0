"""Twilio's carriers, phones, registrations and approvals, by hand."""

from typing import Any

from flask import Blueprint

from sandbox.control.editing import EditRoutes
from sandbox.control.wishes import Wishes
from sandbox.twilio.refusals import WORDS
from sandbox.twilio.writing_back import write_back
from sandbox.world import World

DECISIONS = ("approved", "rejected", "paused", "pending")


def add_routes(control: Blueprint, world: World) -> None:
    """/control/twilio/..."""
    routes = EditRoutes(control, world, "twilio")
    routes.add("/phones/<number>", _phone)
    routes.add("/answer", _answer)
    routes.add("/countries/<prefix>/close", _close)
    routes.add("/numbers/<number>/register", _register)
    routes.add("/templates/<sid>/<status>", _decide)


def _phone(world: World, wishes: Wishes, number: str) -> dict[str, Any]:
    """`fate`: the code with which messages to it fail, 0 for none; `reads`: whether it is looked at."""
    fate = wishes.count("fate") or 0
    if fate and fate not in WORDS:
        raise ValueError(f"there is no fate {fate}")
    world.twilio.fates[number] = fate
    if wishes.flag("reads"):
        world.twilio.readers.add(number)
    return {"number": number, "fate": fate}


def _answer(world: World, wishes: Wishes) -> dict[str, Any]:
    text = write_back(
        world.twilio, sender=wishes.text("from"), to=wishes.text("to"), body=wishes.text("body")
    )
    return {"sid": text.sid}


def _close(world: World, _wishes: Wishes, prefix: str) -> dict[str, Any]:
    world.twilio.closed_countries.add(prefix)
    return {"closed": prefix}


def _register(world: World, _wishes: Wishes, number: str) -> dict[str, Any]:
    bought = (one for account in world.twilio.accounts.values() for one in account.numbers.values())
    found = [one for one in bought if one.number == number]
    if not found:
        raise LookupError(f"nobody has bought {number}")
    for one in found:
        one.is_registered = True
    return {"registered": number}


def _decide(world: World, _wishes: Wishes, sid: str, status: str) -> dict[str, Any]:
    if status not in DECISIONS:
        raise ValueError(f"no template is {status}")
    for account in world.twilio.accounts.values():
        if sid in account.templates:
            account.templates[sid].status = status
            return {"sid": sid, "status": status}
    raise LookupError(f"there is no template {sid}")
