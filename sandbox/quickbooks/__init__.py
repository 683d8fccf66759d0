"""A stand-in for QuickBooks Online: Intuit's identity server, the Accounting API and the webhooks.

What it does and how sure each behaviour is of the real thing: `README.md` beside this file.
"""

import uuid

from flask import Blueprint, Response

from sandbox.faults import install
from sandbox.quickbooks import api
from sandbox.quickbooks.api.door import Door
from sandbox.quickbooks.identity import authorize, openid_routes, token_routes
from sandbox.world import World

__all__ = ["blueprint"]


def blueprint(world: World) -> Blueprint:
    """Everything under /quickbooks/."""
    quickbooks = Blueprint("quickbooks", __name__, url_prefix="/quickbooks", template_folder="pages")
    quickbooks.after_request(_sign)
    identity = Blueprint("identity", __name__)
    install(identity, "quickbooks-identity", world.faults)
    for part in (authorize, token_routes, openid_routes):
        part.add_routes(identity, world)
    accounting = Blueprint("accounting", __name__)
    door = Door(accounting, world)
    api.add_routes(door)
    door.refuse_the_rest()
    quickbooks.register_blueprint(identity)
    quickbooks.register_blueprint(accounting)
    return quickbooks


def _sign(response: Response) -> Response:
    """The header that Intuit's support asks for, on every answer, also a spoilt one."""
    response.headers["intuit_tid"] = f"1-{uuid.uuid4().hex[:8]}-{uuid.uuid4().hex[:24]}"
    return response
