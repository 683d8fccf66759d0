"""The part of the Processor port that follows money after it was paid."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from app.processors.money import (
    BalanceEntry,
    DisputeFacts,
    EntryKind,
    PayoutFacts,
    RefundFacts,
    RefundReason,
)
from app.processors.stripe.client import new_client
from app.processors.stripe.failures import in_our_words
from app.processors.stripe.money_mapping import (
    REFUND_REFERENCE,
    balance_entry,
    dispute_facts,
    payout_facts,
    refund_facts,
)
from app.processors.stripe.units import to_units

if TYPE_CHECKING:
    from stripe.params import (
        BalanceTransactionListParams,
        DisputeListParams,
        RefundCreateParams,
        RefundListParams,
    )

LARGEST_PAGE = 100
_ENTRIES = ["balance_transaction", "failure_balance_transaction"]


class StripeMoney:
    """Refunds, disputes, payouts and the balance of one account per call."""

    def __init__(self, *, secret_key: str, api_url: str) -> None:
        self._client = new_client(secret_key, api_url)

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
        """Stripe keeps its fee of the payment (docs.stripe.com/refunds)."""
        params: RefundCreateParams = {
            "payment_intent": payment,
            "amount": to_units(amount, currency),
            "metadata": {REFUND_REFERENCE: reference},
            "expand": _ENTRIES,
        }
        if reason is not None:
            params["reason"] = reason.value
        with in_our_words(is_write=True):
            made = self._client.v1.refunds.create(
                params, {"stripe_account": account, "idempotency_key": idempotency_key}
            )
        return refund_facts(made)

    def refund(self, account: str, external_id: str) -> RefundFacts:
        with in_our_words():
            found = self._client.v1.refunds.retrieve(
                external_id, {"expand": _ENTRIES}, {"stripe_account": account}
            )
        return refund_facts(found)

    def refunds(
        self, account: str, *, payment: str | None = None, since: datetime | None = None
    ) -> Iterator[RefundFacts]:
        params: RefundListParams = {"limit": LARGEST_PAGE, "expand": [f"data.{name}" for name in _ENTRIES]}
        if payment is not None:
            params["payment_intent"] = payment
        if since is not None:
            params["created"] = {"gte": int(since.timestamp())}
        with in_our_words():
            listed = self._client.v1.refunds.list(params, {"stripe_account": account})
            for refund in listed.auto_paging_iter():
                yield refund_facts(refund)

    def dispute(self, account: str, external_id: str) -> DisputeFacts:
        with in_our_words():
            found = self._client.v1.disputes.retrieve(external_id, options={"stripe_account": account})
        return dispute_facts(found)

    def disputes(
        self, account: str, *, payment: str | None = None, since: datetime | None = None
    ) -> Iterator[DisputeFacts]:
        params: DisputeListParams = {"limit": LARGEST_PAGE}
        if payment is not None:
            params["payment_intent"] = payment
        if since is not None:
            params["created"] = {"gte": int(since.timestamp())}
        with in_our_words():
            listed = self._client.v1.disputes.list(params, {"stripe_account": account})
            for dispute in listed.auto_paging_iter():
                yield dispute_facts(dispute)

    def payout(self, account: str, external_id: str) -> PayoutFacts:
        with in_our_words():
            found = self._client.v1.payouts.retrieve(external_id, options={"stripe_account": account})
        return payout_facts(found)

    def payouts(self, account: str, *, since: datetime) -> Iterator[PayoutFacts]:
        with in_our_words():
            listed = self._client.v1.payouts.list(
                {"created": {"gte": int(since.timestamp())}, "limit": LARGEST_PAGE},
                {"stripe_account": account},
            )
            for payout in listed.auto_paging_iter():
                yield payout_facts(payout)

    def payout_lines(self, account: str, payout: str) -> Iterator[BalanceEntry]:
        """Stripe lists the payout's own entry among them; it is left out here."""
        for entry in self._entries(account, {"payout": payout}):
            if entry.kind is not EntryKind.PAYOUT or entry.source != payout:
                yield entry

    def balance_entry(self, account: str, external_id: str) -> BalanceEntry:
        with in_our_words():
            found = self._client.v1.balance_transactions.retrieve(
                external_id, {"expand": ["source"]}, {"stripe_account": account}
            )
        return balance_entry(found)

    def balance_entries(
        self, account: str, *, since: datetime | None = None, source: str | None = None
    ) -> Iterator[BalanceEntry]:
        params: BalanceTransactionListParams = {}
        if since is not None:
            params["created"] = {"gte": int(since.timestamp())}
        if source is not None:
            params["source"] = source
        return self._entries(account, params)

    def _entries(self, account: str, params: "BalanceTransactionListParams") -> Iterator[BalanceEntry]:
        """Sources are read along, because only they know the payment."""
        asked: BalanceTransactionListParams = {**params, "limit": LARGEST_PAGE, "expand": ["data.source"]}
        with in_our_words():
            listed = self._client.v1.balance_transactions.list(asked, {"stripe_account": account})
            for booked in listed.auto_paging_iter():
                yield balance_entry(booked)
