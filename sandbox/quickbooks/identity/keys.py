"""The key that signs id tokens, and their claims."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from sandbox.quickbooks.identity.grants import ACCESS_LIVES, Grant
from sandbox.quickbooks.identity.users import User

KEY_BITS = 2048
KEY_ID = "sandbox-quickbooks-1"


class Signer:
    """Signs RS256 id tokens as one issuer."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def jwks(self) -> dict[str, Any]:
        """The public half, as verifiers fetch it."""
        return {"keys": [_key().as_dict(private=False)]}

    def id_token(self, grant: Grant, client_id: str, now: datetime) -> str:
        """Who signed in, for the app that asked: no name, no e-mail address, and `aud` is a list."""
        claims: dict[str, Any] = {
            "sub": grant.user.id,
            "aud": [client_id],
            "iss": self.issuer,
            "auth_time": int(grant.consented.timestamp()),
            "iat": int(now.timestamp()),
            "exp": int((now + ACCESS_LIVES).timestamp()),
        }
        if grant.realm_id:
            claims["realmid"] = grant.realm_id
        return jwt.encode({"alg": "RS256", "kid": KEY_ID}, claims, _key())


@cache
def _key() -> RSAKey:
    """One key per process, made when it is first needed: making one takes a good part of a second."""
    return RSAKey.generate_key(KEY_BITS, parameters={"use": "sig", "alg": "RS256", "kid": KEY_ID})


def person(user: User, scopes: tuple[str, ...]) -> Mapping[str, Any]:
    """What userinfo tells of somebody, as far as the scopes go."""
    told: dict[str, Any] = {"sub": user.id}
    if "email" in scopes:
        told |= {"email": user.email, "emailVerified": True}
    if "profile" in scopes:
        told |= {"givenName": user.first_name, "familyName": user.last_name}
    return told
