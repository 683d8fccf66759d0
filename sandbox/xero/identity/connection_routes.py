"""/connections: what the app may reach with a token, and disconnecting."""

from flask import Blueprint, Response, jsonify, request

from sandbox.world import World
from sandbox.xero.api.refusals import Refusal, not_found, unauthorised
from sandbox.xero.identity.bearer import BearerError, bearer
from sandbox.xero.identity.users import User
from sandbox.xero.state import XeroState


def add_routes(identity: Blueprint, world: World) -> None:
    """GET /xero/connections and DELETE /xero/connections/<id>."""

    @identity.get("/connections")
    def list_connections() -> Response:
        with world.lock:
            state: XeroState = world.xero
            user = _user(state)
            known = state.connections.of(user.id, request.args.get("authEventId"))
            return jsonify([connection.as_json() for connection in known])

    @identity.delete("/connections/<connection_id>")
    def disconnect(connection_id: str) -> tuple[str, int]:
        with world.lock:
            state: XeroState = world.xero
            if not state.connections.remove(_user(state).id, connection_id):
                raise not_found()
            return "", 204

    @identity.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> Response:
        return refusal.response()


def _user(state: XeroState) -> User:
    try:
        return bearer(state, request.headers.get("Authorization", "")).consent.user
    except BearerError as problem:
        raise unauthorised(str(problem)) from None
