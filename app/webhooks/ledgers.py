"""`POST /webhooks/<ledger>`: stores the hints, asks for a pull of each organisation named, answers at once."""

from collections.abc import Sequence

from flask import Blueprint, Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connectors.base import ChangeNotice, ForgedWebhook
from app.connectors.connector import Connector
from app.connectors.registry import LEDGERS
from app.kit.ground import Ground
from app.models import Route
from app.sync.asking import ask_for_pulls
from app.webhooks.inbox import Event, empty, raw_body, receive

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
            with ground.database.platform() as session:
                _store(ground, session, connector.key, notices)
        return empty(200)

    return door


def _store(ground: Ground, session: Session, ledger: str, notices: Sequence[ChangeNotice]) -> None:
    """All events of one delivery and the pulls they ask for, in one transaction."""
    now = ground.clock.now()
    named = {notice.organisation for notice in notices}
    routes = session.scalars(select(Route).where(Route.kind == ledger, Route.outside_key.in_(named)))
    known = {route.outside_key: route for route in routes}
    events = [
        # An organisation we do not know, or no longer: kept to be seen, but nobody's to follow.
        Event(
            notice.external_key,
            kind=notice.resource,
            outside_org=notice.organisation,
            subject=notice.record,
            is_ours=notice.organisation in known,
        )
        for notice in notices
    ]
    fresh = {event.outside_org for event in receive(session, ledger, events, now=now) if event.is_ours}
    told = [known[organisation] for organisation in fresh]
    ask_for_pulls(session, [(route.tenant_id, route.subject_id) for route in told], now=now)
