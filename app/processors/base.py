"""The Processor port: take a payment for a tenant on the processor's own page, and follow its money from there.

Errors as at every port: `Retryable`, `Rejected`, `Disconnected` (the tenant's account is gone),
`OutcomeUnknown` (a write without an answer; repeating it with the same idempotency key is safe).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from app.models import PayWays
from app.processors.money import (
    BalanceEntry,
    DisputeFacts,
    DisputeState,
    EntryKind,
    PayoutFacts,
    PayoutState,
    RefundFacts,
    RefundReason,
    RefundState,
)
from app.processors.paying import CheckoutFacts, CheckoutLine, PaymentFacts
from app.processors.standing import (
    AccountFacts,
    CapabilityFacts,
    CapabilityState,
    RequirementDeadline,
    RequirementFacts,
)

__all__ = [
    "AccountFacts",
    "BalanceEntry",
    "CapabilityFacts",
    "CapabilityState",
    "CheckoutFacts",
    "CheckoutLine",
    "DisputeFacts",
    "DisputeState",
    "EntryKind",
    "ForgedEvent",
    "PaymentFacts",
    "PayoutFacts",
    "PayoutState",
    "Processor",
    "ProcessorEvent",
    "RefundFacts",
    "RefundReason",
    "RefundState",
    "RequirementDeadline",
    "RequirementFacts",
]


@dataclass(frozen=True, slots=True)
class ProcessorEvent:
    """A webhook or listed event: a hint about one record, whose facts are read afterwards (law 3)."""

    external_id: str
    account: str
    kind: str
    """What its record is: `checkout`, `payment`, `refund`, `dispute`, `payout`, `balance`, `account` or `other`.
    A balance goes by its account's id."""
    record: str
    created_at: datetime
    is_live: bool
    """Whether it is about real money; a production endpoint is also told of tests."""


class ForgedEvent(Exception):
    """A webhook whose signature does not fit, is too old, or is dated in the future."""


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
        ways: PayWays = PayWays.ANY,
    ) -> CheckoutFacts:
        """A hosted session for exactly the sum of `lines`, payable by `ways`.

        `reference` is our checkout's id and comes back.
        """
        ...

    def checkout(self, account: str, external_id: str) -> CheckoutFacts: ...

    def expire_checkout(self, account: str, external_id: str) -> CheckoutFacts:
        """Close an open session; the facts after it. A session that was paid meanwhile is told as such."""
        ...

    def payment(self, account: str, external_id: str) -> PaymentFacts: ...

    def refund_payment(
        self,
        *,
        account: str,
        payment: str,
        amount: Decimal,
        currency: str,
        reference: str,
        idempotency_key: str,
        reason: RefundReason | None = None,
    ) -> RefundFacts:
        """Give back all or part of a payment. `reference` is our refund's id and comes back.

        Raises Rejected for more than is left of the payment, or when the payer's bank took it back already.
        A key is good for 24 hours: an unknown outcome older than that is settled by looking among `refunds`
        for the reference, never by asking again.
        """
        ...

    def refund(self, account: str, external_id: str) -> RefundFacts: ...

    def refunds(
        self, account: str, *, payment: str | None = None, since: datetime | None = None
    ) -> Iterator[RefundFacts]:
        """Newest first, whoever made them."""
        ...

    def dispute(self, account: str, external_id: str) -> DisputeFacts: ...

    def disputes(
        self, account: str, *, payment: str | None = None, since: datetime | None = None
    ) -> Iterator[DisputeFacts]:
        """Newest first."""
        ...

    def payout(self, account: str, external_id: str) -> PayoutFacts: ...

    def payouts(self, account: str, *, since: datetime) -> Iterator[PayoutFacts]:
        """Those made since a moment, newest first."""
        ...

    def payout_lines(self, account: str, payout: str) -> Iterator[BalanceEntry]:
        """What a payout is made of, each with its payment; their `net` come to its amount.

        Complete once the payout is reconcilable. Raises Rejected for a payout that was not automatic.
        """
        ...

    def balance_entry(self, account: str, external_id: str) -> BalanceEntry:
        """One movement, with its payment."""
        ...

    def balance_entries(
        self, account: str, *, since: datetime | None = None, source: str | None = None
    ) -> Iterator[BalanceEntry]:
        """Newest first, each with its payment."""
        ...

    def events(self, account: str, *, since: datetime) -> Iterator[ProcessorEvent]:
        """What happened on the account since a moment, as the webhooks should have told."""
        ...
