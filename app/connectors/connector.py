"""What a vendor brings to be a ledger here: addresses, scopes, and a few pure or thin functions."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.connectors.access import Access
from app.connectors.base import ChangeNotice, Ledger
from app.kit.settings import Settings


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """Our registration at a vendor, and where its OAuth lives."""

    client_id: str
    client_secret: str = field(repr=False)
    authorize_url: str
    token_url: str
    issuer: str
    keys_url: str
    """The vendor's public keys (JWKS), which its id tokens are signed with."""


@dataclass(frozen=True, slots=True)
class ReachableOrganisation:
    """An organisation that a user's consent reaches."""

    external_id: str
    name: str
    consent_id: str
    """The vendor's id of the consent to this one organisation; deleting it disconnects."""
    is_new: bool
    """Added by the very consent the token comes from, not by an earlier one."""


@dataclass(frozen=True, slots=True)
class Connector:
    """One vendor. A new ledger is one of these in the registry."""

    key: str
    display_name: str
    sign_in_scopes: str
    connect_scopes: str
    oauth_app: Callable[[Settings], OAuthApp]
    open: Callable[[Settings, str, Access], Ledger]
    """The ledger of one organisation (its external id)."""
    reachable: Callable[[Settings, str], list[ReachableOrganisation]]
    """The organisations an access token reaches. Raises Retryable or Disconnected."""
    withdraw: Callable[[Settings, str, str], None]
    """With an access token, end the consent of this id at the vendor; no error if it is gone already."""
    webhook_key: Callable[[Settings], str]
    """Empty: the vendor's webhooks are not expected."""
    signature_header: str
    verify_webhook: Callable[[bytes, str, str], None]
    """Body, header, key. Raises ForgedWebhook."""
    parse_webhook: Callable[[bytes], list[ChangeNotice]]
