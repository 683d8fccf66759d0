"""A stand-in for Stripe: Connect, hosted Checkout, money and what becomes of it, signed webhooks."""

from flask import Blueprint

from sandbox.faults import install
from sandbox.stripe import accounts, disputes, hosted, money_routes, refunds, sessions
from sandbox.stripe.api import Api, refuse, unknown_url
from sandbox.stripe.state import StripeState
from sandbox.world import World

__all__ = ["StripeState", "blueprint"]


def blueprint(world: World) -> Blueprint:
    """Everything under /stripe/: the API, which faults can spoil, and the hosted pages, which they cannot."""
    stripe = Blueprint("stripe", __name__, url_prefix="/stripe", template_folder="pages")
    stripe.register_blueprint(_api(world))
    hosted.add_routes(stripe, world)
    return stripe


def _api(world: World) -> Blueprint:
    routes = Blueprint("api", __name__)
    install(routes, "stripe", world.faults, lambda fault: refuse(world, fault))
    api = Api(routes, world)
    for part in (accounts, sessions, money_routes, refunds, disputes):
        part.add_routes(api)
    for version in ("v1", "v2"):
        routes.add_url_rule(
            f"/{version}/<path:rest>", f"unknown {version}", unknown_url, methods=["GET", "POST", "DELETE"]
        )
    return routes
