"""Deliveries as each vendor makes them: bodies, signatures, and the keys under which their events must be kept."""

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.connectors.registry import LEDGERS
from app.kit.ground import Ground
from app.models import Route
from app.processors.registry import STRIPE
from app.processors.stripe.notices import notice
from tests.support.tenants import make_tenant

KEYS = {
    "quickbooks": "quickbooks-webhook-local",
    "xero": "xero-webhook-local",
    "stripe": "whsec_duemate_local",
}
Event = dict[str, Any]


@dataclass(frozen=True)
class Door:
    """One vendor's address here."""

    name: str
    events: int
    """In a delivery."""
    invent: Callable[[random.Random, str], Event]
    """An event about an organisation."""
    enclose: Callable[[list[Event]], Any]
    """A delivery's JSON."""
    headers: Callable[[bytes], dict[str, str]]
    keeps_strangers: bool
    """Whether events of organisations that are not connected are kept, too."""

    @property
    def path(self) -> str:
        return f"/webhooks/{self.name}"

    def body(self, draw: random.Random, organisations: Sequence[str]) -> bytes:
        events = [self.invent(draw, draw.choice(organisations)) for _ in range(self.events)]
        return json.dumps(self.enclose(events)).encode()

    def keys(self, body: bytes) -> list[tuple[str, str]]:
        """What is to be found in the inbox afterwards, each with its organisation."""
        if self.name == STRIPE:
            event = notice(json.loads(body))
            return [(event.external_id, event.account)]
        return [(told.external_key, told.organisation) for told in LEDGERS[self.name].parse_webhook(body)]

    def connect(self, ground: Ground, count: int) -> list[str]:
        """So many companies that are connected here; the vendor's names of them."""
        tenants = [make_tenant(ground, name=f"Company {n}", ledger=_ledger(self.name)) for n in range(count)]
        with ground.database.platform() as session:
            if self.name == STRIPE:
                session.add_all(_card_account(tenant) for tenant in tenants)
                session.flush()
            return [row.outside_key for row in session.query(Route).where(Route.kind == self.name)]


def _ledger(name: str) -> str:
    return "xero" if name == STRIPE else name


def _card_account(tenant: UUID) -> Route:
    return Route(kind=STRIPE, outside_key=f"acct_{tenant.hex[:16]}", tenant_id=tenant, subject_id=tenant)


def _quickbooks(draw: random.Random, organisation: str) -> Event:
    entity = draw.choice(("invoice", "payment", "customer", "creditmemo"))
    return {
        "specversion": "1.0",
        "id": f"{draw.getrandbits(128):032x}",
        "source": "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",
        "type": f"qbo.{entity}.{draw.choice(('created', 'updated', 'voided', 'deleted'))}.v1",
        "datacontenttype": "application/json",
        "time": "2026-11-20T09:31:25.179851517Z",
        "intuitentityid": str(draw.randrange(1, 20_000)),
        "intuitaccountid": organisation,
        "data": {},
    }


def _xero(draw: random.Random, organisation: str) -> Event:
    record = str(UUID(int=draw.getrandbits(128)))
    return {
        "resourceUrl": f"https://api.xero.com/api.xro/2.0/Invoices/{record}",
        "resourceId": record,
        "eventDateUtc": f"2026-11-20T09:59:{draw.randrange(60):02}.{draw.randrange(1000):03}",
        "eventType": draw.choice(("CREATE", "UPDATE")),
        "eventCategory": draw.choice(("INVOICE", "CONTACT")),
        "tenantId": organisation,
        "tenantType": "ORGANISATION",
    }


def _stripe(draw: random.Random, account: str) -> Event:
    payment = f"pi_{draw.getrandbits(96):024x}"
    return {
        "id": f"evt_{draw.getrandbits(96):024x}",
        "object": "event",
        "account": account,
        "type": "payment_intent.succeeded",
        "created": int(datetime.now(UTC).timestamp()),
        "livemode": False,
        "data": {
            "object": {"id": payment, "object": "payment_intent", "status": "succeeded", "metadata": {}}
        },
    }


def _enclosed_by_xero(events: list[Event]) -> Event:
    return {"events": events, "firstEventSequence": 1, "lastEventSequence": len(events), "entropy": "SANDBOX"}


def _mac(name: str, body: bytes) -> bytes:
    return hmac.new(KEYS[name].encode(), body, hashlib.sha256).digest()


def _signed_by_stripe(body: bytes) -> dict[str, str]:
    moment = int(datetime.now(UTC).timestamp())
    return {"Stripe-Signature": f"t={moment},v1={_mac('stripe', f'{moment}.'.encode() + body).hex()}"}


DOORS = {
    door.name: door
    for door in (
        Door(
            "quickbooks",
            100,
            _quickbooks,
            lambda events: events,
            lambda body: {"intuit-signature": base64.b64encode(_mac("quickbooks", body)).decode()},
            keeps_strangers=True,
        ),
        Door(
            "xero",
            20,
            _xero,
            _enclosed_by_xero,
            lambda body: {"x-xero-signature": base64.b64encode(_mac("xero", body)).decode()},
            keeps_strangers=True,
        ),
        Door("stripe", 1, _stripe, lambda events: events[0], _signed_by_stripe, keeps_strangers=False),
    )
}
