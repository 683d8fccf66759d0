"""From Stripe's refunds, disputes, payouts and balance transactions to our records.

Written for unknown values: Stripe adds new ones at any time. None of them may pass for a state that ends things.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import stripe

from app.kit.log import get_log
from app.processors.money import (
    BalanceEntry,
    DisputeFacts,
    DisputeState,
    EntryKind,
    PayoutFacts,
    PayoutState,
    RefundFacts,
    RefundState,
)
from app.processors.stripe.units import from_units

Meaning = TypeVar("Meaning", RefundState, DisputeState, PayoutState)
_log = get_log("processors")

REFUND_REFERENCE = "refund"
"""The one metadata key we set on a refund: our refund's id."""

# `reporting_category`, which Stripe recommends for accounting over `type`
# (docs.stripe.com/reports/reporting-categories).
_KINDS = {
    "charge": EntryKind.CHARGE,
    "charge_failure": EntryKind.CHARGE_FAILED,
    "refund": EntryKind.REFUND,
    "refund_failure": EntryKind.REFUND_FAILED,
    "dispute": EntryKind.DISPUTE,
    "dispute_reversal": EntryKind.DISPUTE_REVERSED,
    "fee": EntryKind.FEE,
    "payout": EntryKind.PAYOUT,
    "payout_reversal": EntryKind.PAYOUT_FAILED,
}
_REFUND_STATES = {
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.CANCELLED,
}
_DISPUTE_STATES = {
    "warning_needs_response": DisputeState.INQUIRY,
    "warning_under_review": DisputeState.INQUIRY,
    "warning_closed": DisputeState.CLOSED,
    "prevented": DisputeState.CLOSED,
    "needs_response": DisputeState.NEEDS_RESPONSE,
    "appeal_needs_response": DisputeState.NEEDS_RESPONSE,
    "under_review": DisputeState.UNDER_REVIEW,
    "appeal_under_review": DisputeState.UNDER_REVIEW,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}
_PAYOUT_STATES = {
    "pending": PayoutState.PENDING,
    "in_transit": PayoutState.PENDING,
    "paid": PayoutState.PAID,
    "failed": PayoutState.FAILED,
    "canceled": PayoutState.CANCELLED,
}


def balance_entry(booked: stripe.BalanceTransaction) -> BalanceEntry:
    """A balance transaction; with `source` expanded it names the payment behind it."""
    currency = booked.currency.upper()
    rate = booked.exchange_rate
    return BalanceEntry(
        external_id=booked.id,
        kind=_KINDS.get(booked.reporting_category, EntryKind.OTHER),
        vendor_kind=booked.reporting_category,
        gross=from_units(booked.amount, currency),
        fee=from_units(booked.fee, currency),
        net=from_units(booked.net, currency),
        currency=currency,
        # A JSON number: its text is what Stripe wrote, its float is not.
        exchange_rate=None if rate is None else Decimal(str(rate)),
        created_at=_moment(booked.created),
        available_on=_day(booked.available_on),
        is_available=booked.status == "available",
        source=_id(booked.source),
        payment_external_id=_id(getattr(booked.source, "payment_intent", None)),
    )


def refund_facts(refund: stripe.Refund) -> RefundFacts:
    """A refund with both of its balance transactions expanded."""
    currency, payment = refund.currency.upper(), _id(refund.payment_intent)
    metadata = refund.metadata
    return RefundFacts(
        external_id=refund.id,
        state=_meaning(_REFUND_STATES, refund.status or "pending", RefundState.PENDING),
        amount=from_units(refund.amount, currency),
        currency=currency,
        payment_external_id=payment,
        charge_external_id=_id(refund.charge),
        created_at=_moment(refund.created),
        reason=refund.reason,
        failure=getattr(refund, "failure_reason", None),
        entry=_entry(refund.balance_transaction, payment),
        failure_entry=_entry(getattr(refund, "failure_balance_transaction", None), payment),
        reference=metadata[REFUND_REFERENCE] if metadata and REFUND_REFERENCE in metadata else None,
    )


def dispute_facts(dispute: stripe.Dispute) -> DisputeFacts:
    """A dispute; Stripe always sends its balance transactions along."""
    currency, payment = dispute.currency.upper(), _id(dispute.payment_intent)
    evidence = dispute.evidence_details
    entries = [_named(balance_entry(booked), payment) for booked in dispute.balance_transactions]
    return DisputeFacts(
        external_id=dispute.id,
        state=_meaning(_DISPUTE_STATES, dispute.status, DisputeState.OTHER),
        amount=from_units(dispute.amount, currency),
        currency=currency,
        payment_external_id=payment,
        charge_external_id=_id(dispute.charge),
        reason=dispute.reason,
        created_at=_moment(dispute.created),
        # Zero where the bank takes no evidence.
        evidence_due_at=_moment(evidence.due_by) if evidence.due_by else None,
        is_past_due=evidence.past_due,
        is_refundable=dispute.is_charge_refundable,
        entries=tuple(sorted(entries, key=lambda entry: entry.created_at)),
    )


def payout_facts(payout: stripe.Payout) -> PayoutFacts:
    """A payout. `arrival_date` is a midnight in UTC that stands for a day."""
    currency = payout.currency.upper()
    return PayoutFacts(
        external_id=payout.id,
        state=_meaning(_PAYOUT_STATES, payout.status, PayoutState.PENDING),
        amount=from_units(payout.amount, currency),
        currency=currency,
        created_at=_moment(payout.created),
        arrives_on=_day(payout.arrival_date),
        is_automatic=payout.automatic,
        is_reconcilable=payout.automatic and payout.reconciliation_status == "completed",
        failure=payout.failure_code,
        entry_external_id=_id(payout.balance_transaction),
        failure_entry_external_id=_id(payout.failure_balance_transaction),
        bank_reference=payout.trace_id.value if payout.trace_id else None,
    )


def _meaning(known: Mapping[str, Meaning], word: str, otherwise: Meaning) -> Meaning:
    """What a state of Stripe's means; a new one means the state that ends nothing, and the log tells of it."""
    if word not in known:
        _log.warning("stripe.new_word", word=word, taken_as=otherwise)
    return known.get(word, otherwise)


def _entry(booked: Any, payment: str | None) -> BalanceEntry | None:
    return _named(balance_entry(booked), payment) if isinstance(booked, stripe.BalanceTransaction) else None


def _named(entry: BalanceEntry, payment: str | None) -> BalanceEntry:
    """The entry with the payment that its owner knows."""
    return replace(entry, payment_external_id=payment)


def _id(told: Any) -> str | None:
    """The id of something that may be expanded, or be nothing."""
    return told if told is None or isinstance(told, str) else str(told.id)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _day(seconds: int) -> date:
    return _moment(seconds).date()
