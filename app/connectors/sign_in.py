"""Who signed in: the vendor's id token, verified, and our own account for that person."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.connectors.connector import OAuthApp
from app.connectors.consent_errors import ConsentFailed
from app.kit.ground import Ground
from app.kit.http import new_session
from app.models import UserAccount

_LEEWAY_SECONDS = 60
_UNPROVEN = "The ledger did not prove who you are. Please sign in again."
_AWAY = "The ledger's sign-in service could not be reached. Please try again in a minute."


@dataclass(frozen=True, slots=True)
class Person:
    """What an id token says about somebody."""

    issuer: str
    subject: str
    name: str
    email: str


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


def person_of(ground: Ground, app: OAuthApp, id_token: str | None, *, nonce: str) -> Person:
    """The person an id token proves: RS256 by the vendor's keys, for us, for this very sign-in, by our clock.

    Raises ConsentFailed.
    """
    try:
        claims = _verified(app, id_token or "")
        registry = jwt.JWTClaimsRegistry(
            now=int(ground.clock.now().timestamp()),
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": app.issuer},
            aud={"essential": True, "value": app.client_id},
            sub={"essential": True},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        registry.validate(dict(claims))
    except (JoseError, ValueError, TypeError):
        raise ConsentFailed(_UNPROVEN) from None
    return Person(app.issuer, str(claims["sub"]), _name(claims), str(claims.get("email", "")))


def account_for(ground: Ground, person: Person) -> tuple[UUID, bool]:
    """The account of that person, made at the first sign-in; and whether it was."""
    now, new_id = ground.clock.now(), uuid4()
    with ground.database.platform() as session:
        is_new = session.scalar(
            insert(UserAccount)
            .values(
                id=new_id,
                issuer=person.issuer,
                subject=person.subject,
                created_at=now,
                signed_in_at=now,
                **_sealed(ground, new_id, person),
            )
            .on_conflict_do_nothing(index_elements=[UserAccount.issuer, UserAccount.subject])
            .returning(UserAccount.id)
        )
        if is_new is not None:
            return new_id, True
        account = session.scalars(
            select(UserAccount).filter_by(issuer=person.issuer, subject=person.subject)
        ).one()
        sealed = _sealed(ground, account.id, person)
        account.name_sealed, account.email_sealed = sealed["name_sealed"], sealed["email_sealed"]
        account.signed_in_at = now
        return account.id, False


def _sealed(ground: Ground, account_id: UUID, person: Person) -> dict[str, bytes]:
    seal = ground.platform_sealer().seal
    return {
        "name_sealed": seal(person.name, column="user_account.name", row=account_id),
        "email_sealed": seal(person.email, column="user_account.email", row=account_id),
    }


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
            raise ConsentFailed(_AWAY) from None


def _name(claims: Mapping[str, Any]) -> str:
    parts = (claims.get("given_name"), claims.get("family_name"))
    return str(claims.get("name") or " ".join(str(part) for part in parts if part))
