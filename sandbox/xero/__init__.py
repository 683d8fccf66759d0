"""A stand-in for Xero: its identity server, its Accounting API and its webhooks.

What it does and how sure each behaviour is of the real thing: `README.md` beside this file.
"""

from flask import Blueprint

from sandbox.faults import install
from sandbox.world import World
from sandbox.xero import online
from sandbox.xero.api import (
    bank_transactions,
    bank_transfers,
    credit_notes,
    history,
    invoices,
    payments,
    reading,
)
from sandbox.xero.api.door import Door
from sandbox.xero.identity import authorize, connection_routes, token_routes

__all__ = ["blueprint"]


def blueprint(world: World) -> Blueprint:
    """Everything under /xero/."""
    xero = Blueprint("xero", __name__, url_prefix="/xero", template_folder="pages")
    online.add_routes(xero, world)
    identity = Blueprint("identity", __name__)
    install(identity, "xero-identity", world.faults)
    for part in (authorize, token_routes, connection_routes):
        part.add_routes(identity, world)
    api = Blueprint("accounting", __name__)
    door = Door(api, world)
    money = (payments, bank_transactions, bank_transfers)
    for part_of_api in (reading, *money, invoices, credit_notes, history):
        part_of_api.add_routes(door)
    door.refuse_the_rest()
    xero.register_blueprint(identity)
    xero.register_blueprint(api)
    return xero
