"""Proof that a webhook is Stripe's and new."""

import json
from datetime import datetime, timedelta

import stripe

from app.processors.base import ForgedEvent, ProcessorEvent
from app.processors.stripe.notices import notice

# Stripe's own tolerance (docs.stripe.com/webhooks#replay-attacks). Its library measures it by the machine's
# clock and only backwards; here it is our clock and both ways.
TOLERANCE = timedelta(seconds=300)
# What reading a body that is no event ends in; a deeply nested one is a RecursionError.
_SENSELESS = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)


def read_webhook(body: bytes, signature: str | None, *, secret: str, now: datetime) -> ProcessorEvent:
    """The event in a webhook. Raises ForgedEvent unless it is signed with `secret` within the tolerance."""
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret)
        age = now.timestamp() - _signed_at(signature or "")
    except (stripe.SignatureVerificationError, ValueError):
        raise ForgedEvent("The signature does not fit.") from None
    if abs(age) > TOLERANCE.total_seconds():
        raise ForgedEvent("The signature is not of now.")
    try:
        return notice(json.loads(body))
    except _SENSELESS:
        raise ForgedEvent("The body is not an event.") from None


def _signed_at(signature: str) -> int:
    # The same first `t` that the library signed over.
    return next(int(part[2:]) for part in signature.split(",") if part.startswith("t="))
