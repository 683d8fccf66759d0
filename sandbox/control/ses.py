"""Amazon SES by hand: what becomes of mails to an address, a pause, a subscription, somebody who writes back."""

import base64
import binascii
from typing import Any

from flask import Blueprint

from sandbox.control.editing import EditRoutes
from sandbox.control.wishes import Wishes
from sandbox.ses.events import Fate
from sandbox.ses.receiving import Verdicts, receive, written
from sandbox.world import World


def add_routes(control: Blueprint, world: World) -> None:
    """/control/ses/..."""
    routes = EditRoutes(control, world, "ses")
    routes.add("/addresses/<address>", _address)
    routes.add("/fate", _everybody)
    routes.add("/domains/<name>", _domain)
    routes.add("/pause", _pause)
    routes.add("/refuse", _refuse)
    routes.add("/subscribe", _subscribe)
    routes.add("/receive", _receive)


def _address(world: World, wishes: Wishes, address: str) -> dict[str, Any]:
    fate = _known_fate(wishes.text("fate"))
    world.ses.fates[address.lower()] = fate
    world.ses.suppressed.discard(address.lower())
    return {"address": address, "fate": fate.value}


def _domain(world: World, wishes: Wishes, name: str) -> dict[str, Any]:
    """Its owner has published the records (`SUCCESS`), or has not in time (`FAILED`)."""
    if name not in world.ses.domains:
        raise ValueError(f"nobody has asked for {name!r}")
    world.ses.domains[name].status = wishes.text("status").upper()
    return {"domain": name, "status": world.ses.domains[name].status}


def _everybody(world: World, wishes: Wishes) -> dict[str, Any]:
    """What becomes of mails to addresses without a fate of their own."""
    world.ses.fate = _known_fate(wishes.text("fate"))
    return {"fate": world.ses.fate.value}


def _known_fate(fate: str) -> Fate:
    try:
        return Fate(fate)
    except ValueError:
        known = ", ".join(one.value for one in Fate)
        raise ValueError(f"there is no fate {fate!r}; there are {known}") from None


def _pause(world: World, wishes: Wishes) -> dict[str, Any]:
    world.ses.is_paused = wishes.flag("paused", default=True)
    return {"paused": world.ses.is_paused}


def _refuse(world: World, wishes: Wishes) -> dict[str, Any]:
    """The next mail is refused with this sentence."""
    world.ses.refusals.append(wishes.text("sentence"))
    return {"waiting": len(world.ses.refusals)}


def _subscribe(world: World, wishes: Wishes) -> dict[str, Any]:
    """A subscription made anew; without a wish only the answer whether it is confirmed."""
    if wishes.flag("anew"):
        world.ses.publisher.ask_to_confirm(world.settings.ses_event_topic)
    return {"confirmed": world.ses.publisher.is_confirmed}


def _receive(world: World, wishes: Wishes) -> dict[str, Any]:
    """Somebody's mail to one of our addresses: `raw` in base64, or `from`, `subject` and `text`."""
    to = wishes.text("to")
    sender = wishes.optional_text("from") or ""
    raw = wishes.optional_text("raw")
    try:
        mail = base64.b64decode(raw, validate=True) if raw else _written(world, wishes, sender, to)
    except binascii.Error:
        raise ValueError("raw must be base64") from None
    verdicts = Verdicts(
        spam=wishes.optional_text("spam") or "PASS", virus=wishes.optional_text("virus") or "PASS"
    )
    return {"id": receive(world, mail, envelope_from=sender, to=to, verdicts=verdicts)}


def _written(world: World, wishes: Wishes, sender: str, to: str) -> bytes:
    subject = wishes.optional_text("subject") or "Re: your reminder"
    return written(sender=sender, to=to, subject=subject, text=wishes.text("text"), at=world.clock.now())
