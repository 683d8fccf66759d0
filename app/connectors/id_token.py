"""A vendor's id token: whether its own key says so, for us, for this sign-in, and now."""

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from app.connectors.connector import OAuthApp
from app.connectors.consent_errors import ConsentFailed
from app.kit.http import new_session

UNPROVEN = "The ledger did not prove who you are. Please sign in again."
AWAY = "The ledger's sign-in service could not be reached. Please try again in a minute."
_LEEWAY_SECONDS = 60


class _KeyRing:
    """The public keys of each vendor, fetched once and again whenever a signature does not fit them."""

    def __init__(self) -> None:
        self._sets: dict[str, KeySet] = {}
        self._lock = threading.Lock()

    def keys(self, address: str, *, afresh: bool) -> KeySet:
        with self._lock:
            if afresh or address not in self._sets:
                self._sets[address] = _fetch(address)
            return self._sets[address]


_key_ring = _KeyRing()


def verified_claims(app: OAuthApp, id_token: str | None, *, nonce: str, now: datetime) -> Mapping[str, Any]:
    """What an id token says: RS256 by the vendor's keys, for us (`aud` may be a list), not expired at `now`.

    Its nonce must be that of this sign-in; only a vendor that repeats none may leave it out. Raises ConsentFailed.
    """
    try:
        claims = _verified(app, id_token or "")
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": app.issuer},
            aud={"essential": True, "value": app.client_id},
            sub={"essential": True},
            exp={"essential": True},
            nonce={"essential": app.repeats_nonce, "value": nonce},
        )
        registry.validate(dict(claims))
    except (JoseError, ValueError, TypeError):
        raise ConsentFailed(UNPROVEN) from None
    return claims


def _verified(app: OAuthApp, id_token: str) -> Mapping[str, Any]:
    try:
        return _decoded(app, id_token, afresh=False)
    except (JoseError, ValueError):
        # The vendor may have changed its keys since we fetched them.
        return _decoded(app, id_token, afresh=True)


def _decoded(app: OAuthApp, id_token: str, *, afresh: bool) -> Mapping[str, Any]:
    keys = _key_ring.keys(app.keys_url, afresh=afresh)
    return jwt.decode(id_token, keys, algorithms=["RS256"]).claims


def _fetch(address: str) -> KeySet:
    with new_session() as session:
        try:
            return KeySet.import_key_set(session.get(address).json())
        except (RequestException, ValueError, KeyError, TypeError):
            raise ConsentFailed(AWAY) from None
