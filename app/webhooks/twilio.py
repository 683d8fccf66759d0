"""`POST /webhooks/twilio/status` and `/inbound`: verified over the public address, stored as ids, answered at once.

The account named in the form says whose token must have signed it. What happened is read from Twilio by a task.
"""

from collections.abc import Iterable
from urllib.parse import parse_qsl

from flask import Blueprint, Response, request

from app.channels.twilio.signature import is_signed
from app.connectors.base import ChangeNotice
from app.kit.ground import Ground
from app.reminders.phone_accounts import ROUTE_KIND
from app.reminders.phone_events import PhoneOwner, ask_to_look, event_of, owner_of, token_of
from app.webhooks.inbox import empty, raw_body, receive

NAME = "webhooks_twilio"
_SIGNATURE = "X-Twilio-Signature"


def blueprint(ground: Ground) -> Blueprint:
    """The door: 404 where phones are not offered, 413 for an oversize body, 403 for a forged one, else 204 or empty."""
    door = Blueprint(NAME, __name__)

    @door.post("/webhooks/twilio/status")
    def status() -> Response:
        return _take(ground, "status")

    @door.post("/webhooks/twilio/inbound")
    def inbound() -> Response:
        return _take(ground, "inbound")

    return door


def _take(ground: Ground, kind: str) -> Response:
    if not ground.settings.twilio_account_sid:
        return empty(404)
    body = raw_body(request)
    if body is None:
        return empty(413)
    pairs = _fields(body)
    fields = dict(pairs)
    owner = owner_of(ground, fields.get("AccountSid", ""))
    if owner is None or not _is_genuine(ground, owner, pairs):
        return empty(403)
    event = event_of(kind, fields, marker=request.args.get("m", ""))
    if event is not None:
        _store(ground, owner, event)
    return empty(204)


def _is_genuine(ground: Ground, owner: PhoneOwner, pairs: Iterable[tuple[str, str]]) -> bool:
    """Signed over the address that Twilio was given, whatever stands between us and the world."""
    query = request.query_string.decode("utf-8", "replace")
    url = f"{ground.settings.public_url}{request.path}{'?' if query else ''}{query}"
    return is_signed(url, pairs, request.headers.get(_SIGNATURE, ""), token_of(ground, owner))


def _store(ground: Ground, owner: PhoneOwner, event: ChangeNotice) -> None:
    now = ground.clock.now()
    with ground.database.platform() as session:
        if receive(session, ROUTE_KIND, [event], now=now):
            ask_to_look(session, owner.tenant_id, now=now)


def _fields(body: bytes) -> list[tuple[str, str]]:
    """The form's fields; none if it is no form, or has zero bytes, which no database can look for."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return []
    return [] if any("\0" in value for _, value in pairs) else pairs
