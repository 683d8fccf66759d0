"""The real SDK, pointed at the stand-in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import stripe

from tests.sandbox.client import SandboxClient

KEY = "sk_test_duemate_local"
MERCHANT: Any = {
    "contact_email": "owner@tenant.example",
    "display_name": "Tenant Ltd",
    "dashboard": "full",
    "identity": {"country": "gb"},
    "defaults": {"responsibilities": {"fees_collector": "stripe", "losses_collector": "stripe"}},
    "configuration": {"merchant": {"capabilities": {"card_payments": {"requested": True}}}},
    "include": ["configuration.merchant", "requirements"],
}


def stripe_client(sandbox: SandboxClient, key: str = KEY) -> stripe.StripeClient:
    base: Any = dict.fromkeys(("api", "connect", "files", "meter_events"), f"{sandbox.url}/stripe")
    return stripe.StripeClient(key, base_addresses=base, max_network_retries=0)


@pytest.fixture
def client(sandbox: SandboxClient) -> stripe.StripeClient:
    return stripe_client(sandbox)


@dataclass
class Shop:
    """A connected account that takes cards, seen through the platform's client."""

    sandbox: SandboxClient
    client: stripe.StripeClient
    account: str

    @property
    def on(self) -> Any:
        """Request options that select the account."""
        return {"stripe_account": self.account}

    def checkout(self, amount: int = 12_345, currency: str = "gbp", **more: Any) -> Any:
        return self.client.v1.checkout.sessions.create(
            checkout_params(amount, currency, **more), options=self.on
        )

    def pay(self, session: Any, method: str = "card") -> Any:
        return self.sandbox.control(f"stripe/sessions/{session.id}/pay", method=method)

    def control(self, path: str, **wishes: Any) -> Any:
        """What others than we do to this account's money."""
        return self.sandbox.control(f"stripe/{path}", **wishes)

    def paid(self, amount: int = 12_345, currency: str = "gbp") -> str:
        """A card payment whose fee is known."""
        payment = self.pay(self.checkout(amount, currency))["payment_intent"]
        self.sandbox.advance(seconds=6)
        return str(payment)

    def paid_out(self) -> Any:
        """A payout on its way with one payment in it."""
        self.paid()
        return self.control(f"accounts/{self.account}/payout", everything=True)["payouts"][0]

    def charge_of(self, payment: str) -> Any:
        found = self.client.v1.payment_intents.retrieve(payment, {"expand": ["latest_charge"]}, self.on)
        return found.latest_charge

    def transactions(self) -> list[Any]:
        """Newest first."""
        return self.client.v1.balance_transactions.list({"limit": 100}, options=self.on).data

    def balance(self, currency: str) -> int:
        """Pending and available together, in minor units."""
        [account] = self.sandbox.get("/control/stripe/ledger").json()["accounts"]
        return int(account["currencies"][currency]["balance"])

    def problems(self) -> list[str]:
        """What the judge finds."""
        return list(self.sandbox.get("/control/stripe/ledger").json()["problems"])

    def session(self, number: str, *expand: str) -> Any:
        return self.client.v1.checkout.sessions.retrieve(number, {"expand": list(expand)}, options=self.on)

    def event_types(self) -> list[str]:
        """Oldest first."""
        events = self.client.v1.events.list({"limit": 100}, options=self.on).data
        return [event.type for event in reversed(events)]


def checkout_params(amount: int = 12_345, currency: str = "gbp", **more: Any) -> Any:
    line = {"currency": currency, "unit_amount": amount, "product_data": {"name": "Invoice INV-9"}}
    return {
        "mode": "payment",
        "line_items": [{"price_data": line, "quantity": 1}],
        "success_url": "http://127.0.0.1:9/paid?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:9/back",
        "client_reference_id": "invoice-9",
        "customer_email": "payer@customer.example",
        "metadata": {"invoice_id": "9"},
        "payment_intent_data": {"metadata": {"invoice_id": "9"}},
        **more,
    }


@pytest.fixture
def open_shop(sandbox: SandboxClient, client: stripe.StripeClient) -> Callable[[], Shop]:
    def open_one() -> Shop:
        account = client.v2.core.accounts.create(MERCHANT).id
        sandbox.control(f"stripe/accounts/{account}/complete")
        return Shop(sandbox, client, account)

    return open_one


@pytest.fixture
def shop(open_shop: Callable[[], Shop]) -> Shop:
    return open_shop()
