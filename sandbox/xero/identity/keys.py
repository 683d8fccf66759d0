"""The key that signs tokens, and the tokens' claims."""

import base64
import hashlib
import uuid
from datetime import datetime
from functools import cache
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from sandbox.xero.identity.users import User

KEY_BITS = 2048
KEY_ID = "sandbox-1"


class Signer:
    """Signs RS256 tokens as one issuer."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._key = _key()

    def jwks(self) -> dict[str, Any]:
        """The public half, as verifiers fetch it."""
        return {"keys": [self._key.as_dict(private=False)]}

    def access_token(
        self,
        user: User,
        client_id: str,
        scopes: tuple[str, ...],
        auth_event: str,
        now: datetime,
        lives: float,
    ) -> str:
        """A bearer token with the claims of Xero's; `lives` is in seconds."""
        claims = self._times(now, lives) | {
            "aud": f"{self.issuer}/resources",
            "client_id": client_id,
            "sub": _subject(user),
            "auth_time": int(now.timestamp()),
            "xero_userid": user.id,
            "global_session_id": auth_event.replace("-", ""),
            "jti": uuid.uuid4().hex.upper(),
            "authentication_event_id": auth_event,
            "scope": list(scopes),
        }
        return self._signed(claims)

    def id_token(
        self, user: User, client_id: str, nonce: str | None, access_token: str, now: datetime, lives: float
    ) -> str:
        """Who signed in, for the app that asked."""
        claims = (
            self._times(now, lives)
            | identity_claims(user)
            | {"aud": client_id, "at_hash": _half_hash(access_token)}
        )
        claims |= {"auth_time": int(now.timestamp()), "sid": uuid.uuid4().hex}
        if nonce:
            claims["nonce"] = nonce
        return self._signed(claims)

    def _times(self, now: datetime, lives: float) -> dict[str, Any]:
        start = int(now.timestamp())
        return {"iss": self.issuer, "nbf": start, "iat": start, "exp": start + int(lives)}

    def _signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": KEY_ID}, claims, self._key)


@cache
def _key() -> RSAKey:
    """One key per process: making one takes longer than everything else at a reset."""
    return RSAKey.generate_key(KEY_BITS, parameters={"use": "sig", "alg": "RS256", "kid": KEY_ID})


def identity_claims(user: User) -> dict[str, Any]:
    """The claims about a person in id tokens and from userinfo."""
    return {
        "sub": _subject(user),
        "xero_userid": user.id,
        "name": user.name,
        "given_name": user.first_name,
        "family_name": user.last_name,
        "email": user.email,
        "preferred_username": user.email,
    }


def _subject(user: User) -> str:
    return user.id.replace("-", "")


def _half_hash(token: str) -> str:
    """The left half of the token's SHA-256, as OpenID Connect's at_hash wants it."""
    digest = hashlib.sha256(token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
