"""`POST /webhooks/xero`: stores the hints, asks for a pull of each organisation named, answers at once."""

from collections.abc import Sequence

from flask import Blueprint, Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connectors.base import ChangeNotice, ForgedWebhook
from app.connectors.registry import LEDGERS
from app.kit.ground import Ground
from app.models import Route
from app.sync.asking import ask_for_pull
from app.webhooks.inbox import empty, raw_body, receive

_XERO = LEDGERS["xero"]


def blueprint(ground: Ground) -> Blueprint:
    """The door: 404 unless a key is set, 413 for an oversize body, 401 for a forged one, else 200."""
    door = Blueprint("webhooks_xero", __name__)

    @door.post("/webhooks/xero")
    def take() -> Response:
        key = _XERO.webhook_key(ground.settings)
        if not key:
            return empty(404)
        body = raw_body(request)
        if body is None:
            return empty(413)
        try:
            _XERO.verify_webhook(body, request.headers.get(_XERO.signature_header, ""), key)
        except ForgedWebhook:
            return empty(401)
        notices = _XERO.parse_webhook(body)
        if notices:
            with ground.database.platform() as session:
                _store(ground, session, notices)
        return empty(200)

    return door


def _store(ground: Ground, session: Session, notices: Sequence[ChangeNotice]) -> None:
    """All events of one delivery and the pulls they ask for, in one transaction."""
    now = ground.clock.now()
    named = {notice.organisation for notice in notices}
    routes = session.scalars(select(Route).where(Route.kind == _XERO.key, Route.outside_key.in_(named)))
    known = {route.outside_key: route for route in routes}
    fresh: set[str] = set()
    for notice in notices:
        # An organisation we do not know, or no longer: kept to be seen, but nobody's to follow.
        handled_at = None if notice.organisation in known else now
        is_new = receive(
            session,
            source=_XERO.key,
            external_key=notice.external_key,
            kind=notice.resource,
            outside_org=notice.organisation,
            subject=notice.record,
            now=now,
            handled_at=handled_at,
        )
        if is_new and notice.organisation in known:
            fresh.add(notice.organisation)
    for organisation in sorted(fresh):
        ask_for_pull(session, known[organisation].tenant_id, known[organisation].subject_id, now=now)
