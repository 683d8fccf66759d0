"""The Processor port: take a card payment for a tenant on the processor's own page, and learn its fee.

Errors as at every port: `Retryable`, `Rejected`, `Disconnected` (the tenant's account is gone),
`OutcomeUnknown` (a write without an answer; repeating it with the same idempotency key is safe).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from app.models import PaymentState, ProcessorAccountState


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """The tenant's account at the processor."""

    external_id: str
    state: ProcessorAccountState
    reason: str | None


@dataclass(frozen=True, slots=True)
class CheckoutFacts:
    """A hosted session. `payment_external_id` appears once the payer has begun to pay."""

    external_id: str
    url: str | None
    is_open: bool
    is_expired: bool
    payment_external_id: str | None
    payment_state: PaymentState | None
    amount: Decimal
    currency: str
    checkout_reference: str | None
    """Our checkout's id, which we attached when opening the session; None for a stranger's session."""


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """A payment as the processor has it now. The fee appears later than the payment."""

    external_id: str
    state: PaymentState | None
    """None while the payer has not finished paying."""
    amount: Decimal
    currency: str
    paid_at: datetime | None
    fee: Decimal | None
    fee_currency: str | None
    checkout_reference: str | None
    """Our checkout's id, which we attached when opening the session."""


@dataclass(frozen=True, slots=True)
class ProcessorEvent:
    """A webhook or listed event: a hint about one record, whose facts are read afterwards (law 3)."""

    external_id: str
    account: str
    kind: str
    """`checkout`, `payment`, `account` or `other`, told by the record it is about."""
    record: str
    created_at: datetime
    is_live: bool
    """Whether it is about real money; a production endpoint is also told of tests."""


class ForgedEvent(Exception):
    """A webhook whose signature does not fit, is too old, or is dated in the future."""


@dataclass(frozen=True, slots=True)
class CheckoutLine:
    """One invoice in a checkout, as the payer reads it."""

    name: str
    amount: Decimal


class Processor(Protocol):
    """The platform's access to the processor; each call names the tenant's account."""

    def onboard(
        self, *, display_name: str, email: str, country_code: str, idempotency_key: str
    ) -> AccountFacts:
        """Make an account for a tenant; the owner then proves who they are on the processor's own pages."""
        ...

    def onboarding_url(self, account: str, *, return_url: str, refresh_url: str) -> str:
        """Where the owner goes on; the address works once and for some minutes."""
        ...

    def account(self, account: str) -> AccountFacts: ...

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
    ) -> CheckoutFacts:
        """A hosted session for exactly the sum of `lines`. `reference` is our checkout's id and comes back."""
        ...

    def checkout(self, account: str, external_id: str) -> CheckoutFacts: ...

    def expire_checkout(self, account: str, external_id: str) -> CheckoutFacts:
        """Close an open session; the facts after it. A session that was paid meanwhile is told as such."""
        ...

    def payment(self, account: str, external_id: str) -> PaymentFacts: ...

    def events(self, account: str, *, since: datetime) -> Iterator[ProcessorEvent]:
        """What happened on the account since a moment, as the webhooks should have told."""
        ...
