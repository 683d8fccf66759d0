"""Who signed in: what the vendor proves and tells about them, and our own account for that person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from requests import RequestException
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.connectors.connector import OAuthApp
from app.connectors.consent_errors import ConsentFailed
from app.connectors.id_token import AWAY, UNPROVEN, verified_claims
from app.connectors.refusals import log_refusals
from app.connectors.token_endpoint import TokenAnswer
from app.kit.ground import Ground
from app.kit.http import new_session
from app.models import UserAccount


@dataclass(frozen=True, slots=True)
class Person:
    """What a vendor says about somebody."""

    issuer: str
    subject: str
    name: str
    email: str
    """Empty if the vendor knows none, or has not verified it."""


def person_of(ground: Ground, app: OAuthApp, answer: TokenAnswer, *, nonce: str) -> Person:
    """The person that a token answer proves for this very sign-in, by our clock. Raises ConsentFailed."""
    claims = verified_claims(app, answer.id_token, nonce=nonce, now=ground.clock.now())
    subject = str(claims["sub"])
    if not app.userinfo_url:
        return Person(app.issuer, subject, _name(claims, "given_name", "family_name"), _text(claims, "email"))
    told = _userinfo(app, answer.access_token)
    if told.get("sub") != subject:  # OpenID Connect Core 5.3.2: otherwise it is about somebody else
        raise ConsentFailed(UNPROVEN)
    # The standard's names, and those of vendors who write them in their own way.
    is_verified = any(told.get(name) is True for name in ("email_verified", "emailVerified"))
    name = _name(told, "given_name", "family_name") or _name(told, "givenName", "familyName")
    return Person(app.issuer, subject, name, _text(told, "email") if is_verified else "")


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


def _userinfo(app: OAuthApp, access_token: str) -> Mapping[str, Any]:
    headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
    with new_session() as session:
        log_refusals(session, app)
        try:
            answer = session.get(app.userinfo_url, headers=headers, allow_redirects=False)
            told = answer.json() if answer.status_code == 200 else None
        except (RequestException, ValueError):
            told = None
    if not isinstance(told, dict):
        raise ConsentFailed(AWAY)
    return told


def _name(told: Mapping[str, Any], *parts: str) -> str:
    return _text(told, "name") or " ".join(filter(None, (_text(told, part) for part in parts)))


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""
