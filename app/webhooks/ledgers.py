"""`POST /webhooks/<ledger>`: stores the hints, asks for a pull of each organisation named, answers at once."""

from flask import Blueprint, Response, request

from app.connectors.base import ForgedWebhook
from app.connectors.connector import Connector
from app.connectors.registry import LEDGERS
from app.kit.ground import Ground
from app.sync.asking import ask_for_pulls
from app.webhooks.inbox import empty, raw_body, receive

NAMES = {key: f"webhooks_{key}" for key in LEDGERS}
"""The blueprint of each ledger."""


def blueprint(ground: Ground, connector: Connector) -> Blueprint:
    """A door: 404 unless a key is set, 413 for an oversize body, 401 for a forged one, else 200."""
    door = Blueprint(NAMES[connector.key], __name__)

    @door.post(f"/webhooks/{connector.key}")
    def take() -> Response:
        key = connector.webhook_key(ground.settings)
        if not key:
            return empty(404)
        body = raw_body(request)
        if body is None:
            return empty(413)
        try:
            connector.verify_webhook(body, request.headers.get(connector.signature_header, ""), key)
        except ForgedWebhook:
            return empty(401)
        notices = connector.parse_webhook(body)
        if notices:
            now = ground.clock.now()
            with ground.database.platform() as session:
                ask_for_pulls(session, receive(session, connector.key, notices, now=now), now=now)
        return empty(200)

    return door
