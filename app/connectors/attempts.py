"""Consents that have left for a vendor: a state value works once, for ten minutes, in the browser that began."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connectors.consent_errors import (
    ConsentDenied,
    ConsentError,
    ConsentExpired,
    ConsentFailed,
    ConsentForeign,
    ConsentReused,
)
from app.connectors.tokens import Tokens
from app.kit.ground import Ground
from app.kit.tokens import new_token, token_hash
from app.models import OAuthAttempt

SIGN_IN, CONNECT = "sign_in", "connect"
_LIFETIME = timedelta(minutes=10)
_VERIFIER_COLUMN, _GRANT_COLUMN = "oauth_attempt.verifier", "oauth_attempt.grant"

_FOREIGN = "This answer belongs to another browser or another user. Please start again from here."
_EXPIRED = "That took longer than ten minutes, so the request is no longer valid. Please start again."
_REUSED = "This answer was used already. If you are not where you want to be, please start again."
_NO_GRANT = "This consent is used up or too old. Please connect again."


@dataclass(frozen=True, slots=True)
class Departure:
    """What goes into the authorize address. Only the state's hash is kept."""

    state: str = field(repr=False)
    verifier: str = field(repr=False)
    nonce: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An attempt whose callback has come, rightly and for the first time."""

    id: UUID
    purpose: str
    nonce: str
    verifier: str = field(repr=False)
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeptGrant:
    """A consent that waits for the choice of its organisation."""

    ledger: str
    tokens: Tokens = field(repr=False)
    organisation: str | None
    """The organisation that the callback named: not believed before it was read with the tokens."""


def depart(
    ground: Ground, *, ledger: str, purpose: str, browser_token: str, user_id: UUID | None
) -> Departure:
    """Record that this browser (and user) leaves for the vendor."""
    departure = Departure(state=new_token(), verifier=new_token(), nonce=new_token())
    attempt_id = uuid4()
    sealed = ground.platform_sealer().seal(departure.verifier, column=_VERIFIER_COLUMN, row=attempt_id)
    with ground.database.platform() as session:
        session.add(
            OAuthAttempt(
                id=attempt_id,
                state_hash=token_hash(departure.state),
                ledger=ledger,
                purpose=purpose,
                browser_hash=token_hash(browser_token),
                user_id=user_id,
                verifier_sealed=sealed,
                nonce=departure.nonce,
                started_at=ground.clock.now(),
            )
        )
    return departure


def arrive(
    ground: Ground, *, ledger: str, query: Mapping[str, str], browser_token: str, user_id: UUID | None
) -> Arrival:
    """Take the callback's state and code. Raises a ConsentError; afterwards the state is used up."""
    with ground.database.platform() as session:
        attempt = session.scalars(
            select(OAuthAttempt)
            .where(OAuthAttempt.state_hash == token_hash(query.get("state", "")))
            .with_for_update()
        ).one_or_none()
        if attempt is None or not _is_theirs(attempt, ledger, browser_token, user_id):
            raise ConsentForeign(_FOREIGN)
        if attempt.used_at is not None:
            raise ConsentReused(_REUSED)
        attempt.used_at = ground.clock.now()
        is_late = attempt.used_at - attempt.started_at > _LIFETIME
    problem = ConsentExpired(_EXPIRED) if is_late else _refusal(query)
    if problem is not None:
        raise problem
    verifier = ground.platform_sealer().open(attempt.verifier_sealed, column=_VERIFIER_COLUMN, row=attempt.id)
    return Arrival(attempt.id, attempt.purpose, attempt.nonce, verifier, query["code"])


def keep_grant(ground: Ground, attempt_id: UUID, tokens: Tokens, organisation: str | None) -> None:
    """Keep a consent, and the organisation that its callback named, until one is chosen."""
    sealed = ground.platform_sealer().seal(tokens.as_text(), column=_GRANT_COLUMN, row=attempt_id)
    with ground.database.platform() as session:
        attempt = session.get_one(OAuthAttempt, attempt_id)
        attempt.grant_sealed, attempt.organisation = sealed, organisation


def forget_grant(ground: Ground, attempt_id: UUID) -> None:
    """Keep nothing of a consent that leads nowhere."""
    with ground.database.platform() as session:
        attempt = session.get_one(OAuthAttempt, attempt_id)
        attempt.grant_sealed, attempt.organisation = None, None


def use_up_grant(session: Session, attempt_id: UUID) -> None:
    """Let a consent be good for nothing more. Raises ConsentExpired if somebody else was quicker.

    In the unit of work that stores its tokens, so that a consent ends up at one organisation or at none.
    """
    attempt = session.get_one(OAuthAttempt, attempt_id, with_for_update=True)
    if attempt.grant_sealed is None:
        raise ConsentExpired(_NO_GRANT)
    attempt.grant_sealed = None


def grant_of(ground: Ground, attempt_id: UUID, user_id: UUID) -> KeptGrant:
    """A user's own consent. Raises ConsentExpired if it is used, too old or not theirs."""
    with ground.database.platform() as session:
        attempt = session.get(OAuthAttempt, attempt_id)
    if attempt is None or attempt.user_id != user_id or attempt.grant_sealed is None:
        raise ConsentExpired(_NO_GRANT)
    opened = ground.platform_sealer().open(attempt.grant_sealed, column=_GRANT_COLUMN, row=attempt_id)
    tokens = Tokens.from_text(opened)
    if tokens.expires_at <= ground.clock.now():
        raise ConsentExpired(_NO_GRANT)
    return KeptGrant(attempt.ledger, tokens, attempt.organisation)


def _is_theirs(attempt: OAuthAttempt, ledger: str, browser_token: str, user_id: UUID | None) -> bool:
    # A sign-in may begin as nobody and end as somebody; a connect belongs to one user from start to end.
    is_same_user = attempt.purpose == SIGN_IN or attempt.user_id == user_id
    return is_same_user and attempt.ledger == ledger and attempt.browser_hash == token_hash(browser_token)


def _refusal(query: Mapping[str, str]) -> ConsentError | None:
    if query.get("error") == "access_denied":
        return ConsentDenied(
            "You did not allow the access, so nothing was connected. You can start again any time."
        )
    if "error" in query or not query.get("code"):
        return ConsentFailed("The sign-in did not come to an end. Please start again.")
    return None
