"""From Stripe's sessions and payments to ours. Written for unknown values: Stripe adds new ones at any time."""

from datetime import UTC, datetime
from typing import Any

import stripe

from app.models import PaymentState
from app.processors.money import BalanceEntry
from app.processors.paying import CheckoutFacts, PaymentFacts
from app.processors.stripe.money_mapping import balance_entry
from app.processors.stripe.units import from_units

REFERENCE = "checkout"
"""The metadata key of our checkout's id. No personal data goes into metadata."""
SURCHARGE = "surcharge"
"""How much of a payment is a surcharge, where there is one: what the business's own rules at Stripe can go by."""

_PAYMENT_STATES = {
    "succeeded": PaymentState.SUCCEEDED,
    "processing": PaymentState.PROCESSING,
    "canceled": PaymentState.FAILED,
    "requires_payment_method": PaymentState.FAILED,
}


def checkout_facts(session: stripe.checkout.Session) -> CheckoutFacts:
    """A Checkout Session. A complete session that is unpaid waits for a bank debit."""
    currency = (session.currency or "").upper()
    intent = session.payment_intent
    state = None
    if session.status == "complete":
        state = PaymentState.PROCESSING if session.payment_status == "unpaid" else PaymentState.SUCCEEDED
    return CheckoutFacts(
        external_id=session.id,
        url=session.url,
        is_open=session.status == "open",
        is_expired=session.status == "expired",
        payment_external_id=intent.id if isinstance(intent, stripe.PaymentIntent) else intent,
        payment_state=state,
        amount=from_units(session.amount_total or 0, currency),
        currency=currency,
        checkout_reference=_reference(session.metadata),
    )


def payment_facts(intent: stripe.PaymentIntent) -> PaymentFacts:
    """A PaymentIntent with `latest_charge.balance_transaction` expanded.

    Paid is the moment of the charge: for a bank debit the day the payer paid, not the day the bank agreed.
    """
    currency, charge = intent.currency.upper(), intent.latest_charge
    state = _PAYMENT_STATES.get(intent.status)
    charged = charge if isinstance(charge, stripe.Charge) else None
    started = charged.created if charged else intent.created
    arrived = _arrived(charge) if state is PaymentState.SUCCEEDED else None
    units = intent.amount_received if state is PaymentState.SUCCEEDED else intent.amount
    return PaymentFacts(
        external_id=intent.id,
        state=state,
        amount=from_units(units, currency),
        currency=currency,
        paid_at=datetime.fromtimestamp(started, UTC),
        fee=arrived.fee if arrived else None,
        fee_currency=arrived.currency if arrived else None,
        settled=arrived.gross if arrived else None,
        exchange_rate=arrived.exchange_rate if arrived else None,
        checkout_reference=_reference(intent.metadata),
        charge_external_id=charged.id if charged else None,
        refunded=from_units(charged.amount_refunded if charged else 0, currency),
        is_disputed=charged.disputed if charged else False,
    )


def _arrived(charge: stripe.Charge | str | None) -> BalanceEntry | None:
    """Known once the balance transaction is there, some seconds after the payment; in the balance's own currency."""
    booked = charge.balance_transaction if isinstance(charge, stripe.Charge) else None
    return balance_entry(booked) if isinstance(booked, stripe.BalanceTransaction) else None


def _reference(metadata: Any) -> str | None:
    return metadata[REFERENCE] if metadata and REFERENCE in metadata else None
