"""A user's consent at Intuit: our registration, the company it reaches, and its end.

Sources: intuit-oauth 1.2.7 and Intuit's pages on OAuth 2.0. Nothing there speaks of PKCE, nor of a nonce in the id
token. One consent reaches one company, which the callback names (`realmId`).
"""

import re

import msgspec
from requests import RequestException, Response

from app.connectors.connector import OAuthApp, ReachableOrganisation
from app.connectors.quickbooks import answers, wire
from app.connectors.quickbooks.client import MINOR_VERSION
from app.connectors.quickbooks.discovery import Discovery
from app.connectors.refusals import log_refusals
from app.connectors.tokens import Tokens
from app.kit.errors import Disconnected, DueMateError, Rejected, Retryable
from app.kit.http import new_session
from app.kit.log import get_log
from app.kit.settings import Settings

_CONSENT_ENDED = "The consent has expired. Please connect again."
_NOT_THAT_COMPANY = (
    "What came back from QuickBooks does not fit the company you agreed to. "
    "Nothing was connected: please start again."
)
_AWAY = "QuickBooks could not be reached. Please try again in a minute."
_REALM = re.compile(r"[0-9]{1,30}")  # it becomes a part of an address

_log = get_log("connectors")
_discovery = Discovery()


def oauth_app(settings: Settings) -> OAuthApp:
    """Our registration, with today's addresses. Raises Retryable."""
    addresses = _discovery.addresses(settings.quickbooks_discovery_url)
    return OAuthApp(
        client_id=settings.quickbooks_client_id,
        client_secret=settings.quickbooks_client_secret.get_secret_value(),
        authorize_url=addresses.authorization_endpoint,
        token_url=addresses.token_endpoint,
        issuer=addresses.issuer,
        keys_url=addresses.jwks_uri,
        revoke_url=addresses.revocation_endpoint,
        userinfo_url=addresses.userinfo_endpoint,
        uses_pkce=False,
        repeats_nonce=False,
        # Told only to those who ask for it (intuit-oauth 1.2.7).
        token_headers={"x-include-refresh-token-hard-expires-in": "true"},
        consent_ends_in="x_refresh_token_hard_expires_in",
        trace_header="intuit_tid",
    )


def reachable(settings: Settings, access_token: str, named: str | None) -> list[ReachableOrganisation]:
    """The company that the callback named, if the token reads it.

    Raises Rejected if it does not, or if our keys are of another environment; Disconnected or Retryable.
    """
    if named is None or not _REALM.fullmatch(named):
        raise Rejected(_NOT_THAT_COMPANY)
    response = _company_info(settings, access_token, named)
    fault = answers.fault_in(response.content)
    if response.status_code != 200 or fault is not None:
        _note(response, fault)
        raise _refusal(response, fault)
    return [ReachableOrganisation(named, _name_in(response.content), consent_id=named, is_new=True)]


def withdraw(settings: Settings, tokens: Tokens, _consent_id: str) -> None:
    """Revoke the refresh token, and with it this consent only. Raises Retryable."""
    app = oauth_app(settings)
    with new_session() as session:
        log_refusals(session, app)
        try:
            response = session.post(
                app.revoke_url,
                json={"token": tokens.refresh_token},
                auth=(app.client_id, app.client_secret),
                headers={"Accept": "application/json"},
                allow_redirects=False,
            )
        except RequestException:
            raise Retryable(_AWAY) from None
    if response.status_code == 400:  # gone already: the user has disconnected us in QuickBooks
        return
    if response.status_code != 200:
        raise Retryable(_AWAY)


def _company_info(settings: Settings, access_token: str, realm: str) -> Response:
    address = f"{settings.quickbooks_api_url}/v3/company/{realm}/companyinfo/{realm}"
    headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
    with new_session() as session:
        try:
            return session.get(
                address, params={"minorversion": MINOR_VERSION}, headers=headers, allow_redirects=False
            )
        except RequestException:
            raise Retryable(_AWAY) from None


def _refusal(response: Response, fault: answers.Fault | None) -> DueMateError:
    status = response.status_code
    if answers.is_throttled(status, fault):
        return Retryable(_AWAY, after=answers.wait_told(response.headers))
    if answers.is_token_refused(status, fault):
        return Disconnected(_CONSENT_ENDED)
    if answers.is_company_lost(status, fault):
        return Rejected(_NOT_THAT_COMPANY)
    refusal = answers.failure(status, fault, is_write=False)
    return refusal if isinstance(refusal, Rejected) else Retryable(_AWAY)


def _name_in(content: bytes) -> str:
    try:
        info = msgspec.json.decode(content, type=dict[str, msgspec.Raw])["CompanyInfo"]
        return msgspec.json.decode(info, type=wire.CompanyInfo).name or "(no name)"
    except (ValueError, KeyError):
        raise Retryable(_AWAY) from None


def _note(response: Response, fault: answers.Fault | None) -> None:
    """Intuit's support asks for `intuit_tid`."""
    _log.warning(
        "quickbooks.consent_refused",
        status=response.status_code,
        fault=fault.code if fault else None,
        intuit_tid=response.headers.get("intuit_tid"),
    )
