"""OAuth 2.0 with a vendor's authorize page and token endpoint: Authlib's protocol under our HTTP policy."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from requests import RequestException

from app.connectors.connector import OAuthApp
from app.connectors.refusals import log_refusals
from app.connectors.tokens import Tokens
from app.kit.errors import DueMateError, Retryable
from app.kit.http import apply_policy

# A refresh happens under a row lock, which gives up after ten seconds.
_CONNECT_SECONDS, _READ_SECONDS = 3, 6
_WAIT_FOR_OPERATOR = timedelta(minutes=5)
_HUNDRED_YEARS = 100 * 366 * 86_400
_TOKEN = re.compile(r"[\x20-\x7e]+")  # RFC 6749, appendix A


class TokenRefused(DueMateError):
    """The vendor refused the code or the refresh token for good."""


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """What a token endpoint gave. Lifetimes in seconds."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    id_token: str | None = field(repr=False)
    expires_in: int
    consent_ends_in: int | None
    """Until the refresh token ends however often it is used; None if the vendor does not tell."""

    def tokens(self, *, asked_at: datetime, earlier: Tokens | None = None) -> Tokens | None:
        """What to keep, with what a renewal may leave out taken from before. None: no lasting access."""
        refresh_token = self.refresh_token or (earlier.refresh_token if earlier else "")
        if not refresh_token:
            return None
        ends_at = earlier.consent_ends_at if earlier else None
        if self.consent_ends_in is not None:
            ends_at = asked_at + timedelta(seconds=self.consent_ends_in)
        expires_at = asked_at + timedelta(seconds=self.expires_in)
        return Tokens(self.access_token, refresh_token, expires_at, ends_at)


def authorize_address(
    app: OAuthApp, *, scopes: str, redirect_uri: str, state: str, verifier: str, nonce: str
) -> str:
    """Where to send the user; where the vendor knows it, with PKCE (S256) on top of the client secret."""
    with _session(app, scope=scopes, redirect_uri=redirect_uri) as session:
        address, _ = session.create_authorization_url(
            app.authorize_url, state=state, nonce=nonce, **_proof(app, verifier)
        )
    return str(address)


def exchange_code(app: OAuthApp, *, code: str, verifier: str, redirect_uri: str) -> TokenAnswer:
    """Tokens for the code of a callback. Raises TokenRefused or Retryable."""
    with _session(app, redirect_uri=redirect_uri) as session:
        return _asked(
            app,
            lambda: session.fetch_token(
                app.token_url, grant_type="authorization_code", code=code, **_proof(app, verifier)
            ),
        )


def refresh(app: OAuthApp, refresh_token: str) -> TokenAnswer:
    """New tokens for a refresh token. Raises TokenRefused if it is dead, Retryable if nobody answered."""
    with _session(app) as session:
        return _asked(app, lambda: session.refresh_token(app.token_url, refresh_token=refresh_token))


def _proof(app: OAuthApp, verifier: str) -> dict[str, str]:
    return {"code_verifier": verifier} if app.uses_pkce else {}


def _session(app: OAuthApp, **options: str) -> OAuth2Session:
    session = OAuth2Session(app.client_id, app.client_secret, code_challenge_method="S256", **options)
    session.headers.update(app.token_headers)
    session.max_redirects = 0  # nobody else is to see a code, a refresh token or our secret
    log_refusals(session, app)
    return apply_policy(session, connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS)


def _asked(app: OAuthApp, ask: Callable[[], Mapping[str, Any]]) -> TokenAnswer:
    try:
        answer = ask()
        return TokenAnswer(
            access_token=_token(answer["access_token"]),
            refresh_token=_token(answer["refresh_token"]) if answer.get("refresh_token") else None,
            id_token=answer.get("id_token"),
            expires_in=min(max(int(answer["expires_in"]), 0), _HUNDRED_YEARS),
            consent_ends_in=_seconds(answer.get(app.consent_ends_in)),
        )
    except OAuthError as refused:
        if refused.error == "invalid_grant":
            raise TokenRefused("The ledger no longer accepts this consent.") from None
        # Our own registration is refused: an operator must mend it, the consent may be as good as ever.
        raise Retryable(
            "The ledger does not accept DueMate at the moment.", after=_WAIT_FOR_OPERATOR
        ) from None
    except (RequestException, KeyError, TypeError, ValueError, OverflowError):
        raise Retryable("The ledger's sign-in service could not be reached.") from None


def _token(value: object) -> str:
    """A token as it may stand in a header. Raises ValueError for anything else."""
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise ValueError("not a token")
    return value


def _seconds(value: object) -> int | None:
    """A lifetime that is only told, so that a strange one must not cost the tokens beside it."""
    return value if isinstance(value, int) and 0 <= value <= _HUNDRED_YEARS else None
