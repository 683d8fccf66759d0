"""The token endpoint and what belongs to it: revocation, user info, discovery and keys."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.world import World
from sandbox.xero.identity.bearer import BearerError, bearer
from sandbox.xero.identity.grants import ACCESS_LIVES, Consent
from sandbox.xero.identity.keys import identity_claims
from sandbox.xero.identity.scopes import WORDS
from sandbox.xero.state import XeroState

LIVES_SECONDS = ACCESS_LIVES.total_seconds()
Answer = tuple[Response, int]


def add_routes(identity: Blueprint, world: World) -> None:
    """POST /xero/connect/token and /xero/connect/revocation, GET userinfo, discovery and jwks."""

    @identity.post("/connect/token")
    def token() -> Answer:
        with world.lock:
            return _token(world.xero)

    @identity.post("/connect/revocation")
    def revocation() -> Answer | tuple[str, int]:
        with world.lock:
            state: XeroState = world.xero
            if not _is_the_app(state):
                return _refusal("invalid_client")
            user = state.grants.revoke(request.form.get("token", ""))
            if user:
                state.connections.remove_user(user.id)
            return "", 200

    @identity.get("/connect/userinfo")
    def userinfo() -> Answer:
        with world.lock:
            try:
                access = bearer(world.xero, request.headers.get("Authorization", ""))
            except BearerError:
                return _refusal("invalid_token", 401)
            return jsonify(identity_claims(access.consent.user)), 200

    @identity.get("/.well-known/openid-configuration")
    def discovery() -> dict[str, Any]:
        return _discovery(world.xero.signer.issuer)

    @identity.get("/.well-known/openid-configuration/jwks")
    def jwks() -> dict[str, Any]:
        keys: dict[str, Any] = world.xero.signer.jwks()
        return keys


def _token(state: XeroState) -> Answer:
    if not _is_the_app(state):
        return _refusal("invalid_client")
    match request.form.get("grant_type"):
        case "authorization_code":
            return _from_code(state)
        case "refresh_token":
            return _from_refresh(state)
        case _:
            return _refusal("unsupported_grant_type")


def _from_code(state: XeroState) -> Answer:
    form, now = request.form, state.clock.now()
    consent = state.grants.redeem(
        form.get("code", ""), form.get("redirect_uri", ""), form.get("code_verifier"), now
    )
    if consent is None:
        return _refusal("invalid_grant")
    body = _tokens(state, consent)
    if "offline_access" in consent.scopes:
        body["refresh_token"] = state.grants.new_family(consent, now)
    return jsonify(body), 200


def _from_refresh(state: XeroState) -> Answer:
    family = state.grants.rotate(request.form.get("refresh_token", ""), state.clock.now())
    if family is None:
        return _refusal("invalid_grant")
    return jsonify(_tokens(state, family.consent) | {"refresh_token": family.current}), 200


def _tokens(state: XeroState, consent: Consent) -> dict[str, Any]:
    now, client = state.clock.now(), state.settings.xero_client_id
    access = state.signer.access_token(
        consent.user, client, consent.scopes, consent.auth_event, now, LIVES_SECONDS
    )
    state.grants.remember(access, consent, now)
    body: dict[str, Any] = {
        "access_token": access,
        "expires_in": int(LIVES_SECONDS),
        "token_type": "Bearer",
        "scope": " ".join(consent.scopes),
    }
    if "openid" in consent.scopes:
        body["id_token"] = state.signer.id_token(
            consent.user, client, consent.nonce, access, now, LIVES_SECONDS
        )
    return body


def _is_the_app(state: XeroState) -> bool:
    """Client id and secret by Basic authentication or as form fields; both work at Xero."""
    basic = request.authorization
    if basic is not None and basic.type == "basic":
        given = (basic.username, basic.password)
    else:
        given = (request.form.get("client_id"), request.form.get("client_secret"))
    return given == (state.settings.xero_client_id, state.settings.xero_client_secret)


def _refusal(error: str, status: int = 400) -> Answer:
    return jsonify({"error": error}), status


def _discovery(issuer: str) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/identity/connect/authorize",
        "token_endpoint": f"{issuer}/connect/token",
        "userinfo_endpoint": f"{issuer}/connect/userinfo",
        "revocation_endpoint": f"{issuer}/connect/revocation",
        "jwks_uri": f"{issuer}/.well-known/openid-configuration/jwks",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": list(WORDS),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    }
