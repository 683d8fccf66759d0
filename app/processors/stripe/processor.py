"""The Processor port over Stripe's library: accounts, checkouts, payments and events; money is in `money`."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from heapq import merge
from typing import TYPE_CHECKING

import stripe

from app.kit.errors import Rejected
from app.models import PayWays
from app.processors.base import AccountFacts, CheckoutFacts, CheckoutLine, PaymentFacts, ProcessorEvent
from app.processors.stripe.failures import in_our_words
from app.processors.stripe.mapping import REFERENCE, SURCHARGE, checkout_facts, payment_facts
from app.processors.stripe.money import StripeMoney
from app.processors.stripe.notices import LISTED, notice
from app.processors.stripe.standing_mapping import account_facts
from app.processors.stripe.units import to_units

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParamsLineItem

# docs.stripe.com/api/checkout/sessions/create: at most 100 lines; a name is cut where Stripe would refuse it.
MOST_LINES, LONGEST_NAME, LONGEST_DESCRIPTION = 100, 250, 500
# docs.stripe.com/api/events/list: at most 20 types.
MOST_KINDS = 20


class StripeProcessor(StripeMoney):
    """The platform's access to its tenants' Stripe accounts. Not shared between threads."""

    def onboard(
        self, *, display_name: str, email: str, country_code: str, idempotency_key: str
    ) -> AccountFacts:
        """Accounts v2, full dashboard, fees and losses with Stripe: the combination for direct charges."""
        with in_our_words(is_write=True):
            account = self._client.v2.core.accounts.create(
                {
                    "contact_email": email,
                    "display_name": display_name,
                    "dashboard": "full",
                    "identity": {"country": country_code.lower()},
                    "defaults": {
                        "responsibilities": {"fees_collector": "stripe", "losses_collector": "stripe"}
                    },
                    "configuration": {"merchant": {"capabilities": {"card_payments": {"requested": True}}}},
                    "include": ["configuration.merchant", "requirements"],
                },
                {"idempotency_key": idempotency_key},
            )
        return account_facts(account)

    def onboarding_url(self, account: str, *, return_url: str, refresh_url: str) -> str:
        """A link that opens once; Stripe sends the owner to `refresh_url` when it is used up."""
        with in_our_words(is_write=True, about_account=True):
            link = self._client.v2.core.account_links.create(
                {
                    "account": account,
                    "use_case": {
                        "type": "account_onboarding",
                        "account_onboarding": {"refresh_url": refresh_url, "return_url": return_url},
                    },
                }
            )
        return link.url

    def account(self, account: str) -> AccountFacts:
        with in_our_words(about_account=True):
            found = self._client.v2.core.accounts.retrieve(
                account, {"include": ["configuration.merchant", "requirements"]}
            )
        return account_facts(found)

    def open_checkout(
        self,
        *,
        account: str,
        reference: str,
        currency: str,
        lines: list[CheckoutLine],
        customer_email: str | None,
        success_url: str,
        cancel_url: str,
        expires_at: datetime,
        idempotency_key: str,
        ways: PayWays = PayWays.ANY,
    ) -> CheckoutFacts:
        """Adaptive pricing is off: the payer pays the invoice's currency, exactly.

        The business chooses the payment methods in its own dashboard: here they are only narrowed down, to cards
        where a surcharge is added, to the others where the payer has chosen to pay without it.
        """
        surcharge = sum((line.amount for line in lines if line.is_surcharge), Decimal())
        told = {REFERENCE: reference} | ({SURCHARGE: f"{surcharge:f}"} if surcharge else {})
        params: stripe.params.checkout.SessionCreateParams = {
            "mode": "payment",
            "line_items": _line_items(lines, currency),
            "client_reference_id": reference,
            "metadata": told,
            "payment_intent_data": {
                "metadata": told,
                "description": ", ".join(line.name for line in lines)[:LONGEST_DESCRIPTION],
            },
            "adaptive_pricing": {"enabled": False},
            "success_url": success_url,
            "cancel_url": cancel_url,
            "expires_at": int(expires_at.timestamp()),
        }
        if ways is PayWays.CARD:
            params["allowed_payment_method_types"] = ["card"]
        elif ways is PayWays.NOT_CARD:
            params["excluded_payment_method_types"] = ["card"]
        if customer_email is not None:
            params["customer_email"] = customer_email
        with in_our_words(is_write=True):
            session = self._client.v1.checkout.sessions.create(
                params, {"stripe_account": account, "idempotency_key": idempotency_key}
            )
        return checkout_facts(session)

    def checkout(self, account: str, external_id: str) -> CheckoutFacts:
        with in_our_words():
            session = self._client.v1.checkout.sessions.retrieve(
                external_id, options={"stripe_account": account}
            )
        return checkout_facts(session)

    def expire_checkout(self, account: str, external_id: str) -> CheckoutFacts:
        try:
            with in_our_words(is_write=True):
                session = self._client.v1.checkout.sessions.expire(
                    external_id, options={"stripe_account": account}
                )
        except Rejected:
            # Only an open session can be expired: what it has become is the answer.
            return self.checkout(account, external_id)
        return checkout_facts(session)

    def payment(self, account: str, external_id: str) -> PaymentFacts:
        with in_our_words():
            intent = self._client.v1.payment_intents.retrieve(
                external_id, {"expand": ["latest_charge.balance_transaction"]}, {"stripe_account": account}
            )
        return payment_facts(intent)

    def events(self, account: str, *, since: datetime) -> Iterator[ProcessorEvent]:
        """Newest first. Stripe keeps events for 30 days."""
        listed = [self._events_of(account, since, kinds) for kinds in _batches(LISTED)]
        return merge(*listed, key=lambda event: event.created_at, reverse=True)

    def _events_of(self, account: str, since: datetime, kinds: Sequence[str]) -> Iterator[ProcessorEvent]:
        with in_our_words():
            listed = self._client.v1.events.list(
                {"created": {"gte": int(since.timestamp())}, "types": list(kinds), "limit": 100},
                {"stripe_account": account},
            )
            for event in listed.auto_paging_iter():
                yield notice(event.to_dict(), account=account)


def _batches(kinds: Sequence[str]) -> list[Sequence[str]]:
    return [kinds[start : start + MOST_KINDS] for start in range(0, len(kinds), MOST_KINDS)]


def _line_items(lines: list[CheckoutLine], currency: str) -> "list[SessionCreateParamsLineItem]":
    invoices = [line for line in lines if not line.is_surcharge]
    if len(lines) > MOST_LINES:
        total = sum((line.amount for line in invoices), Decimal())
        together = CheckoutLine(f"{len(invoices)} invoices", total)
        lines = [together, *(line for line in lines if line.is_surcharge)]
    return [
        {
            "quantity": 1,
            "metadata": {SURCHARGE: "yes"} if line.is_surcharge else {},
            "price_data": {
                "currency": currency.lower(),
                "unit_amount": to_units(line.amount, currency),
                "product_data": {"name": line.name[:LONGEST_NAME]},
            },
        }
        for line in lines
    ]
