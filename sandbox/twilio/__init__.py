"""A stand-in for Twilio: subaccounts, numbers, Messaging Services, WhatsApp senders and templates, messages."""

from flask import Blueprint

from sandbox.faults import install
from sandbox.twilio import accounts, content, messages, numbers, phones, services
from sandbox.twilio.door import Door, refuse
from sandbox.twilio.state import TwilioState
from sandbox.world import World

__all__ = ["TwilioState", "blueprint"]


def blueprint(world: World) -> Blueprint:
    """Everything under /twilio/: the three hosts of the API, which faults can spoil, and the page of phones."""
    twilio = Blueprint("twilio", __name__, url_prefix="/twilio", template_folder="pages")
    twilio.register_blueprint(_api(world))
    phones.add_routes(twilio, world)
    return twilio


def _api(world: World) -> Blueprint:
    routes = Blueprint("api", __name__)
    install(routes, "twilio", world.faults, refuse)
    door = Door(routes, world)
    for part in (accounts, numbers, messages, services, content):
        part.add_routes(door)
    return routes
