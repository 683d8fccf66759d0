"""QuickBooks Online as the registry knows it: OAuth at Intuit, ledger, limits, webhooks.

Accounting has one scope, for reading and writing. Intuit's limits are 500 calls a minute and 10 a second for each
company and app, and 40 batches a minute (integrators' notes); it names none for an app as a whole but the calls a
month that its plan pays for.
"""

from app.connectors.access import Access
from app.connectors.base import EntryKind, FeeStyle, Ledger
from app.connectors.connector import Connector
from app.connectors.pace import Limits, Pace, Window
from app.connectors.quickbooks import consent, webhook
from app.connectors.quickbooks.client import BATCHES, QuickBooksClient
from app.connectors.quickbooks.ledger import QuickBooksLedger
from app.kit.http import new_session
from app.kit.settings import Settings

_LIMITS = Limits(
    organisation=(Window(calls=10, seconds=1), Window(calls=500, seconds=60)),
    app=(),
    at_once=10,
    kinds={BATCHES: (Window(calls=40, seconds=60),)},
)


def _open(settings: Settings, organisation: str, access: Access, pace: Pace) -> Ledger:
    client = QuickBooksClient(
        new_session(),
        api_url=settings.quickbooks_api_url,
        organisation=organisation,
        access=access,
        pace=pace,
    )
    return QuickBooksLedger(client, organisation=organisation)


QUICKBOOKS = Connector(
    key="quickbooks",
    display_name="QuickBooks",
    sign_in_scopes="openid profile email",
    connect_scopes="com.intuit.quickbooks.accounting",
    is_offered=lambda settings: bool(settings.quickbooks_client_id),
    oauth_app=consent.oauth_app,
    open=_open,
    organisation_parameter="realmId",
    reachable=consent.reachable,
    withdraw=consent.withdraw,
    limits=_LIMITS,
    fee_styles=(FeeStyle.EXPENSE, FeeStyle.DEPOSIT),
    payments_take_many=True,
    # Money spent, and a line of a deposit, would need the currency of the customer whom they name.
    enters_converted=frozenset({EntryKind.PAYMENT, EntryKind.OVERPAYMENT}),
    keeps_notes=False,
    pages=("https://*.intuit.com",),
    webhook_key=lambda settings: settings.quickbooks_webhook_token.get_secret_value(),
    signature_header=webhook.SIGNATURE_HEADER,
    verify_webhook=webhook.verify,
    parse_webhook=webhook.parse,
)
