"""Discovery, keys and user info."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.quickbooks.identity.bearer import granted
from sandbox.quickbooks.identity.keys import person
from sandbox.quickbooks.identity.scopes import SIGN_IN
from sandbox.quickbooks.state import QuickBooksState
from sandbox.world import World

Answer = tuple[Response, int]


def add_routes(identity: Blueprint, world: World) -> None:
    """GET discovery, /quickbooks/op/v1/jwks and /quickbooks/v1/openid_connect/userinfo."""

    @identity.get("/.well-known/openid_configuration/", strict_slashes=False)
    def discovery() -> dict[str, Any]:
        return _discovery(f"{world.settings.public_url}/quickbooks")

    @identity.get("/op/v1/jwks")
    def jwks() -> dict[str, Any]:
        keys: dict[str, Any] = world.quickbooks.signer.jwks()
        return keys

    @identity.get("/v1/openid_connect/userinfo")
    def userinfo() -> Answer:
        with world.lock:
            state: QuickBooksState = world.quickbooks
            grant = granted(state, request.headers.get("Authorization", ""))
            if grant is None:
                return jsonify({"error": "invalid_token"}), 401
            if "openid" not in grant.scopes:
                return jsonify({"error": "insufficient_scope"}), 403
            return jsonify(person(grant.user, grant.scopes)), 200


def _discovery(base: str) -> dict[str, Any]:
    return {
        "issuer": f"{base}/op/v1",
        "authorization_endpoint": f"{base}/connect/oauth2",
        "token_endpoint": f"{base}/oauth2/v1/tokens/bearer",
        "userinfo_endpoint": f"{base}/v1/openid_connect/userinfo",
        "revocation_endpoint": f"{base}/v2/oauth2/tokens/revoke",
        "jwks_uri": f"{base}/op/v1/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": list(SIGN_IN),
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
    }
