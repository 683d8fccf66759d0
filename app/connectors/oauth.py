"""The OAuth dance with any ledger: leave for its consent page, come back, see which organisations it reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from app.connectors import attempts
from app.connectors.connector import Connector, OAuthApp, ReachableOrganisation
from app.connectors.consent_errors import (
    ConsentDenied,
    ConsentError,
    ConsentExpired,
    ConsentFailed,
    ConsentForeign,
    ConsentReused,
)
from app.connectors.registry import LEDGERS
from app.connectors.sign_in import account_for, person_of
from app.connectors.token_endpoint import TokenAnswer, TokenRefused, authorize_address, exchange_code
from app.connectors.tokens import Tokens
from app.kit.errors import Disconnected, NotFound, Rejected, Retryable
from app.kit.ground import Ground
from app.models import Connection, ConnectionState, Route

__all__ = [
    "ConsentDenied",
    "ConsentError",
    "ConsentExpired",
    "ConsentFailed",
    "ConsentForeign",
    "ConsentReused",
    "GrantReceived",
    "OfferedOrganisation",
    "SignedIn",
    "begin_consent",
    "chosen_organisation",
    "finish_consent",
    "organisations",
]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody proved who they are."""

    user_id: UUID
    is_new: bool


@dataclass(frozen=True, slots=True)
class GrantReceived:
    """The user consented; `organisations(attempt_id)` tells to what."""

    attempt_id: UUID


@dataclass(frozen=True, slots=True)
class OfferedOrganisation:
    """An organisation the user may choose."""

    external_id: str
    name: str
    is_new: bool
    """Added by this consent. Others were reached by earlier ones."""
    is_connected_here: bool
    """Has a living connection already; choosing it renews that."""


def begin_consent(
    ground: Ground,
    *,
    ledger: str,
    purpose: Literal["sign_in", "connect"],
    browser_token: str,
    user_id: UUID | None,
) -> str:
    """The address to send the browser to. `browser_token` is a random value in its session cookie."""
    connector = _connector(ledger)
    if not connector.is_offered(ground.settings):
        raise ConsentFailed(f"{connector.display_name} is not set up here yet.")
    app = connector.oauth_app(ground.settings)
    departure = attempts.depart(
        ground, ledger=ledger, purpose=purpose, browser_token=browser_token, user_id=user_id
    )
    return authorize_address(
        app,
        scopes=connector.sign_in_scopes if purpose == attempts.SIGN_IN else connector.connect_scopes,
        redirect_uri=_callback(ground, ledger, purpose),
        state=departure.state,
        verifier=departure.verifier,
        nonce=departure.nonce,
    )


def finish_consent(
    ground: Ground, *, ledger: str, query: Mapping[str, str], browser_token: str, user_id: UUID | None
) -> SignedIn | GrantReceived:
    """Take the vendor's callback. Raises a ConsentError with a sentence for the user."""
    connector = _connector(ledger)
    arrival = attempts.arrive(
        ground, ledger=ledger, query=query, browser_token=browser_token, user_id=user_id
    )
    asked_at = ground.clock.now()
    if arrival.purpose == attempts.SIGN_IN:
        app, answer = _exchanged(ground, connector, arrival)
        return SignedIn(*account_for(ground, person_of(ground, app, answer, nonce=arrival.nonce)))
    organisation = _named(connector, query)
    _, answer = _exchanged(ground, connector, arrival)
    tokens = answer.tokens(asked_at=asked_at)
    if tokens is None:
        raise ConsentFailed(f"{connector.display_name} gave no lasting access. Please start again.")
    attempts.keep_grant(ground, arrival.id, tokens, organisation)
    return GrantReceived(arrival.id)


def organisations(ground: Ground, attempt_id: UUID, user_id: UUID) -> list[OfferedOrganisation]:
    """What the user may choose from, those of this consent first. Raises a ConsentError or Retryable."""
    grant = attempts.grant_of(ground, attempt_id, user_id)
    reachable = _reachable(ground, attempt_id, grant)
    connected = {
        found.external_id for found in reachable if _is_connected(ground, grant.ledger, found.external_id)
    }
    offered = [
        OfferedOrganisation(found.external_id, found.name, found.is_new, found.external_id in connected)
        for found in reachable
    ]
    return sorted(offered, key=lambda offer: (not offer.is_new, offer.name.casefold()))


def chosen_organisation(
    ground: Ground, attempt_id: UUID, user_id: UUID, external_org_id: str
) -> tuple[Connector, Tokens, ReachableOrganisation]:
    """The user's choice with the tokens that reach it.

    Raises NotFound for one that their consent does not reach, a ConsentError or Retryable.
    """
    grant = attempts.grant_of(ground, attempt_id, user_id)
    for found in _reachable(ground, attempt_id, grant):
        if found.external_id == external_org_id:
            return LEDGERS[grant.ledger], grant.tokens, found
    raise NotFound("Your consent does not reach this organisation.")


def _connector(ledger: str) -> Connector:
    try:
        return LEDGERS[ledger]
    except KeyError:
        raise NotFound("There is no such ledger.") from None


def _callback(ground: Ground, ledger: str, purpose: str) -> str:
    page = "sign-in" if purpose == attempts.SIGN_IN else "connect"
    return f"{ground.settings.public_url}/{page}/{ledger}/callback"


def _named(connector: Connector, query: Mapping[str, str]) -> str | None:
    """The organisation in a callback, where the vendor names it there. Raises ConsentFailed if it did not."""
    if connector.organisation_parameter is None:
        return None
    named = query.get(connector.organisation_parameter)
    if not named:
        name = connector.display_name
        raise ConsentFailed(
            f"{name} did not say which company you chose. Nothing was connected: please start again."
        )
    return named


def _exchanged(
    ground: Ground, connector: Connector, arrival: attempts.Arrival
) -> tuple[OAuthApp, TokenAnswer]:
    try:
        app = connector.oauth_app(ground.settings)
        answer = exchange_code(
            app,
            code=arrival.code,
            verifier=arrival.verifier,
            redirect_uri=_callback(ground, connector.key, arrival.purpose),
        )
        return app, answer
    except (TokenRefused, Retryable):
        # The code may be used up even if the answer was lost: only a new consent is sure.
        name = connector.display_name
        raise ConsentFailed(f"{name} did not complete the sign-in. Please start again.") from None


def _reachable(ground: Ground, attempt_id: UUID, grant: attempts.KeptGrant) -> list[ReachableOrganisation]:
    try:
        return LEDGERS[grant.ledger].reachable(ground.settings, grant.tokens.access_token, grant.organisation)
    except Disconnected as gone:
        raise ConsentExpired(gone.reason) from None
    except Rejected as refused:
        attempts.forget_grant(ground, attempt_id)
        raise ConsentFailed(refused.reason) from None


def _is_connected(ground: Ground, ledger: str, external_id: str) -> bool:
    with ground.database.platform() as session:
        route = session.get(Route, (ledger, external_id))
    if route is None:
        return False
    with ground.database.tenant(route.tenant_id) as session:
        state = session.scalar(select(Connection.state).where(Connection.id == route.subject_id))
    return state is ConnectionState.ACTIVE
