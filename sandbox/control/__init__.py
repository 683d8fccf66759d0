"""The sandbox's own door: move time, break vendors, edit the books, read everything as JSON."""

from flask import Blueprint

from sandbox.control import (
    clock,
    faults,
    page,
    quickbooks,
    ses,
    stripe,
    stripe_money,
    twilio,
    world_routes,
    xero,
)
from sandbox.world import World


def blueprint(world: World) -> Blueprint:
    """Everything under /control/."""
    control = Blueprint("control", __name__, url_prefix="/control", template_folder="pages")
    for part in (clock, faults, xero, quickbooks, stripe, stripe_money, twilio, ses, world_routes, page):
        part.add_routes(control, world)
    return control
