"""A connected account at the sandbox's Stripe, and the adapter that reaches it."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from app.processors.base import CheckoutFacts, CheckoutLine
from app.processors.stripe.processor import StripeProcessor
from tests.sandbox.client import SandboxClient


@dataclass
class Shop:
    """A connected account that takes cards."""

    sandbox: SandboxClient
    processor: StripeProcessor
    account: str

    def open(self, **changes: Any) -> CheckoutFacts:
        wishes: dict[str, Any] = {
            "account": self.account,
            "reference": "checkout-1",
            "currency": "GBP",
            "lines": [
                CheckoutLine("Invoice INV-1", Decimal("100.10")),
                CheckoutLine("Invoice INV-2", Decimal(20)),
            ],
            "customer_email": None,
            "success_url": "http://127.0.0.1:8400/done",
            "cancel_url": "http://127.0.0.1:8400/pay",
            "expires_at": self.sandbox.now() + timedelta(hours=1),
            "idempotency_key": uuid4().hex,
            **changes,
        }
        return self.processor.open_checkout(**wishes)

    def pay(self, session: CheckoutFacts, method: str = "card") -> str:
        self.sandbox.control(f"stripe/sessions/{session.external_id}/pay", method=method)
        paid_by = self.processor.checkout(self.account, session.external_id).payment_external_id
        assert paid_by
        return paid_by

    def paid(self, amount: str = "120.10", currency: str = "GBP") -> str:
        """A card payment whose fee is known."""
        payment = self.pay(self.open(currency=currency, lines=[CheckoutLine("Invoice", Decimal(amount))]))
        self.sandbox.advance(seconds=6)
        return payment

    def control(self, path: str, **wishes: Any) -> Any:
        """What others than we do."""
        return self.sandbox.control(f"stripe/{path}", **wishes)

    def on_account(self, path: str, **wishes: Any) -> Any:
        return self.control(f"accounts/{self.account}/{path}", **wishes)


@pytest.fixture
def processor(sandbox: SandboxClient) -> StripeProcessor:
    return StripeProcessor(secret_key="sk_test_duemate_local", api_url=f"{sandbox.url}/stripe")


@pytest.fixture
def shop(sandbox: SandboxClient, processor: StripeProcessor) -> Shop:
    account = onboarded(processor)
    sandbox.control(f"stripe/accounts/{account}/complete")
    return Shop(sandbox, processor, account)


def onboarded(processor: StripeProcessor, key: str | None = None) -> str:
    return processor.onboard(
        display_name="Harbour Lane Joinery",
        email="owner@harbour.example",
        country_code="GB",
        idempotency_key=key or uuid4().hex,
    ).external_id
