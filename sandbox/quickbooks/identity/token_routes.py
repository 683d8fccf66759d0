"""The token endpoint and revocation."""

import time
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.quickbooks.identity.grants import ACCESS_LIVES, Grant, RefusedGrant
from sandbox.quickbooks.state import QuickBooksState
from sandbox.world import World

REFRESH_TAKES_SECONDS = 0.15  # real time in which a second refresh is one too many
HARD_EXPIRY_HEADER = "x-include-refresh-token-hard-expires-in"
Answer = tuple[Response, int]


def add_routes(identity: Blueprint, world: World) -> None:
    """POST /quickbooks/oauth2/v1/tokens/bearer and /quickbooks/v2/oauth2/tokens/revoke."""

    @identity.post("/oauth2/v1/tokens/bearer")
    def token() -> Answer:
        if not _is_the_app(world.quickbooks):
            return _refusal("invalid_client", "Incorrect client id or secret", 401)
        try:
            match request.form.get("grant_type"):
                case "authorization_code":
                    return _from_code(world)
                case "refresh_token":
                    return _from_refresh(world)
                case _:
                    return _refusal("unsupported_grant_type", "Unknown grant type")
        except RefusedGrant as refused:
            return _refusal("invalid_grant", str(refused))

    @identity.post("/v2/oauth2/tokens/revoke")
    def revoke() -> Answer | tuple[str, int]:
        with world.lock:
            state: QuickBooksState = world.quickbooks
            if not _is_the_app(state):
                return _refusal("invalid_client", "Incorrect client id or secret", 401)
            if not state.grants.revoke(_token_sent()):
                return _refusal("invalid_request", "Incorrect or invalid token")
            return "", 200


def _from_code(world: World) -> Answer:
    with world.lock:
        state: QuickBooksState = world.quickbooks
        form, now = request.form, state.clock.now()
        grant = state.grants.redeem(form.get("code", ""), form.get("redirect_uri", ""), now)
        return jsonify(_tokens(state, grant)), 200


def _from_refresh(world: World) -> Answer:
    """Takes a moment without holding the lock, so that two refreshes at once really meet."""
    with world.lock:
        state: QuickBooksState = world.quickbooks
        grant = state.grants.begin_refresh(request.form.get("refresh_token", ""), state.clock.now())
    time.sleep(REFRESH_TAKES_SECONDS)
    with world.lock:
        state.grants.end_refresh(grant, state.clock.now())
        return jsonify(_tokens(state, grant)), 200


def _tokens(state: QuickBooksState, grant: Grant) -> dict[str, Any]:
    now = state.clock.now()
    body: dict[str, Any] = {
        "token_type": "bearer",
        "access_token": state.grants.new_access(grant, now),
        "expires_in": int(ACCESS_LIVES.total_seconds()),
        "refresh_token": grant.value,
        "x_refresh_token_expires_in": int((grant.dies - now).total_seconds()),
    }
    if request.headers.get(HARD_EXPIRY_HEADER, "").lower() == "true":
        body["x_refresh_token_hard_expires_in"] = int((grant.hard_dies - now).total_seconds())
    if "openid" in grant.scopes:
        body["id_token"] = state.signer.id_token(grant, state.settings.quickbooks_client_id, now)
    return body


def _token_sent() -> str:
    """The token to revoke, from a JSON body or a form; Intuit documents JSON."""
    body = request.get_json(silent=True)
    sent = body if isinstance(body, dict) else request.form
    return str(sent.get("token", ""))


def _is_the_app(state: QuickBooksState) -> bool:
    """Client id and secret by Basic authentication, the only way Intuit documents."""
    basic = request.authorization
    given = (basic.username, basic.password) if basic is not None and basic.type == "basic" else None
    return given == (state.settings.quickbooks_client_id, state.settings.quickbooks_client_secret)


def _refusal(error: str, description: str, status: int = 400) -> Answer:
    return jsonify({"error": error, "error_description": description}), status
