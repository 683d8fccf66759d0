"""What a vendor brings to be a ledger here: addresses, scopes, and a few pure or thin functions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.connectors.access import Access
from app.connectors.base import ChangeNotice, EntryKind, FeeStyle, Ledger
from app.connectors.pace import Limits, Pace
from app.connectors.tokens import Tokens
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
    revoke_url: str = ""
    userinfo_url: str = ""
    """Where name and address of the user are told; empty if the id token holds them."""
    uses_pkce: bool = True
    repeats_nonce: bool = True
    """The id token carries the nonce of the request. Without it, the state and the direct exchange protect."""
    token_headers: Mapping[str, str] = field(default_factory=dict)
    """Sent with every call to the token endpoint."""
    consent_ends_in: str = ""
    """Where a token answer tells the seconds until the refresh token ends, however often it is used."""
    trace_header: str = ""
    """Names each answer for the vendor's support; logged with every refusal."""


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
    is_offered: Callable[[Settings], bool]
    """Whether our registration at this vendor is set up here."""
    oauth_app: Callable[[Settings], OAuthApp]
    """May ask the vendor for its addresses. Raises Retryable."""
    open: Callable[[Settings, str, Access, Pace], Ledger]
    """The ledger of one organisation (its external id)."""
    organisation_parameter: str | None
    """The callback's parameter that names the organisation of the consent; None if only `reachable` tells."""
    reachable: Callable[[Settings, str, str | None], list[ReachableOrganisation]]
    """The organisations an access token reaches; the last argument is what the callback named. Raises Retryable,
    Rejected or Disconnected."""
    withdraw: Callable[[Settings, Tokens, str], None]
    """End the consent of this id at the vendor; no error if it is gone already. Raises Retryable."""
    limits: Limits
    fee_styles: tuple[FeeStyle, ...]
    """How fees can be booked, the usual way first."""
    payments_take_many: bool
    """One payment can be for several invoices of one customer. Otherwise each invoice has one of its own."""
    enters_converted: frozenset[EntryKind]
    """What can be entered of money that was changed into the organisation's own currency before it arrived: a payment
    or an overpayment with what `arrived`, everything else as what it is in that currency."""
    keeps_notes: bool
    """Invoices have a history that takes notes. Otherwise the payment's memo says it."""
    pages: tuple[str, ...]
    """Origins of the vendor's own pages that a form may lead to, as a content policy writes them."""
    webhook_key: Callable[[Settings], str]
    """Empty: the vendor's webhooks are not expected."""
    signature_header: str
    verify_webhook: Callable[[bytes, str, str], None]
    """Body, header, key. Raises ForgedWebhook."""
    parse_webhook: Callable[[bytes], list[ChangeNotice]]
