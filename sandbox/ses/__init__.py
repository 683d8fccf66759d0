"""A stand-in for Amazon SES and the part of SNS that brings its news: sending, events, replies, signed messages."""

from flask import Blueprint

from sandbox.faults import install
from sandbox.ses import identities, sending, sns_routes, tenants
from sandbox.ses.refusals import refuse
from sandbox.ses.state import SesState
from sandbox.world import World

__all__ = ["SesState", "blueprint"]


def blueprint(world: World) -> Blueprint:
    """Everything under /ses/: the API, which faults can spoil, and SNS's certificate and confirmation."""
    ses = Blueprint("ses", __name__, url_prefix="/ses")
    api = Blueprint("api", __name__, url_prefix="/v2/email")
    install(api, "ses", world.faults, refuse)
    sending.add_routes(api, world)
    tenants.add_routes(api, world)
    identities.add_routes(api, world)
    ses.register_blueprint(api)
    sns_routes.add_routes(ses, world)
    return ses
