"""Xero as the registry knows it: OAuth, `GET /connections`, ledger, webhooks.

Scopes are the granular ones (apps made since March 2026 can ask for no others). Addresses: Xero's discovery
document and OpenAPI.
"""

import base64
import binascii

import msgspec
from msgspec import Struct, field
from requests import RequestException, Response

from app.connectors.access import Access
from app.connectors.base import EntryKind, FeeStyle, Ledger
from app.connectors.connector import Connector, OAuthApp, ReachableOrganisation
from app.connectors.pace import Limits, Pace, Window
from app.connectors.tokens import Tokens
from app.connectors.xero import webhook
from app.connectors.xero.client import XeroClient
from app.connectors.xero.ledger import XeroLedger
from app.kit.errors import Disconnected, Retryable
from app.kit.http import new_session
from app.kit.settings import Settings

# developer.xero.com, "OAuth 2.0 API limits". An app on the Starter tier has 1,000 calls a day, not 5,000: then the
# vendor's own refusal, which names the hour of the reset, ends the day's calls.
_LIMITS = Limits(
    organisation=(Window(calls=60, seconds=60), Window(calls=5_000, seconds=86_400)),
    app=(Window(calls=10_000, seconds=60),),
    at_once=5,
)
_AWAY = "Xero could not be reached. Please try again in a minute."


class _ReachableTenant(Struct):
    """One row of `GET /connections`."""

    id: str
    tenant_id: str = field(name="tenantId")
    kind: str | None = field(name="tenantType", default=None)
    name: str | None = field(name="tenantName", default=None)
    consent: str | None = field(name="authEventId", default=None)


def _oauth_app(settings: Settings) -> OAuthApp:
    identity = settings.xero_identity_url
    return OAuthApp(
        client_id=settings.xero_client_id,
        client_secret=settings.xero_client_secret.get_secret_value(),
        authorize_url=settings.xero_authorize_url,
        token_url=f"{identity}/connect/token",
        issuer=identity,
        keys_url=f"{identity}/.well-known/openid-configuration/jwks",
    )


def _open(settings: Settings, organisation: str, access: Access, pace: Pace) -> Ledger:
    client = XeroClient(
        new_session(), api_url=settings.xero_api_url, organisation=organisation, access=access, pace=pace
    )
    return XeroLedger(client, organisation=organisation)


def _reachable(settings: Settings, access_token: str, _named: str | None) -> list[ReachableOrganisation]:
    answer = _connections(settings, "GET", access_token)
    if answer.status_code in (401, 403):
        raise Disconnected("The consent has expired. Please connect again.")
    try:
        rows = msgspec.json.decode(answer.content, type=list[_ReachableTenant]) if answer.ok else None
    except ValueError:
        rows = None
    if rows is None:
        raise Retryable(_AWAY)
    consent = _consent_of(access_token)
    return [
        ReachableOrganisation(
            external_id=row.tenant_id.lower(),
            name=row.name or "(no name)",
            consent_id=row.id,
            is_new=row.consent is not None and row.consent == consent,
        )
        for row in rows
        if row.kind == "ORGANISATION"
    ]


def _withdraw(settings: Settings, tokens: Tokens, consent_id: str) -> None:
    # The tokens are not revoked: that would also disconnect the user's other organisations.
    answer = _connections(settings, "DELETE", tokens.access_token, f"/{consent_id}")
    # 403 and 404: the user has taken the organisation away already. Tokens stay alive and reach nothing of it.
    if not answer.ok and answer.status_code not in (403, 404):
        raise Retryable(_AWAY)


def _connections(settings: Settings, method: str, access_token: str, path: str = "") -> Response:
    headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
    with new_session() as session:
        try:
            return session.request(method, f"{settings.xero_api_url}/connections{path}", headers=headers)
        except RequestException:
            raise Retryable(_AWAY) from None


def _consent_of(access_token: str) -> str | None:
    """The token's `authentication_event_id`, which `/connections` calls `authEventId`.

    The token came from Xero's own endpoint and the claim only marks rows of Xero's answer, so that its
    signature proves nothing we rely on.
    """
    try:
        payload = access_token.split(".")[1]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return str(claims["authentication_event_id"])
    except (IndexError, KeyError, TypeError, binascii.Error, ValueError):
        return None


XERO = Connector(
    key="xero",
    display_name="Xero",
    sign_in_scopes="openid profile email",
    connect_scopes=(
        "offline_access accounting.invoices accounting.payments accounting.banktransactions "
        "accounting.contacts.read accounting.settings.read"
    ),
    is_offered=lambda settings: bool(settings.xero_client_id),
    oauth_app=_oauth_app,
    open=_open,
    organisation_parameter=None,
    reachable=_reachable,
    withdraw=_withdraw,
    limits=_LIMITS,
    fee_styles=(FeeStyle.EXPENSE,),
    payments_take_many=False,
    # Money spent and received has the currency of its bank account, whoever the contact is.
    enters_converted=frozenset({EntryKind.PAYMENT, EntryKind.INCOME, EntryKind.REFUND}),
    keeps_notes=True,
    pages=("https://*.xero.com",),
    webhook_key=lambda settings: settings.xero_webhook_key.get_secret_value(),
    signature_header=webhook.SIGNATURE_HEADER,
    verify_webhook=webhook.verify,
    parse_webhook=webhook.parse,
)
